// What gcov counts of native/: g++'s --coverage, read by gcov's JSON.
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { FileCoverage } from './coverage-table.mjs'

/**
 * Without optimization, so that each line and branch of the source is one of the program. Threads
 * count with atomic additions.
 */
const FLAGS = '--coverage -fprofile-update=atomic -O0'

/**
 * Writes a `g++` that compiles for gcov. First in PATH, it serves node-gyp and test/helpers/core.ts.
 *
 * @param {string} folder new
 */
export function writeCompiler(folder) {
  const compiler = execFileSync('sh', ['-c', 'command -v g++'], { encoding: 'utf8' }).trim()
  const file = path.join(folder, 'g++')
  mkdirSync(folder)
  // node-gyp compiles native/ without exceptions. So does this, or gcov would count branches to handlers
  // that the addon does not have. Test programs use exceptions. They are compiled and linked in one command.
  const script = `#!/bin/sh
case " $* " in
*' -c '*) exec '${compiler}' "$@" ${FLAGS} -fno-exceptions ;;
*) exec '${compiler}' "$@" ${FLAGS} ;;
esac
`
  writeFileSync(file, script)
  chmodSync(file, 0o755)
}

/**
 * Reads all counters below a folder. A file whose code never ran has counters, too: none.
 *
 * @param {string} checkout
 * @returns {Map<string, FileCoverage>} by the path from there
 */
export function readNativeCoverage(checkout) {
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'gcov-'))
  /** @type {Map<string, FileCoverage>} */
  const files = new Map()
  for (const folder of ['build', '.cache/core']) {
    for (const note of find(path.join(checkout, folder), '.gcno')) {
      const args = ['--json-format', '--stdout', '--branch-probabilities', note]
      const text = execFileSync('gcov', args, {
        cwd: scratch,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      })
      for (const json of text.split('\n').filter(Boolean)) addTo(files, checkout, JSON.parse(json))
    }
  }
  rmSync(scratch, { recursive: true })
  return files
}

/**
 * @typedef {object} Gcov what this script reads of gcov's JSON
 * @property {string} current_working_directory of the compiler
 * @property {{ file: string, lines: GcovLine[] }[]} files
 * @typedef {{ line_number: number, count: number, branches: { count: number, throw: boolean }[] }} GcovLine
 */

/**
 * @param {Map<string, FileCoverage>} files
 * @param {string} checkout
 * @param {Gcov} gcov
 */
function addTo(files, checkout, gcov) {
  for (const { file, lines } of gcov.files) {
    const name = path.relative(checkout, path.resolve(gcov.current_working_directory, file))
    if (!name.startsWith(`native${path.sep}`) || lines.length === 0) continue
    const coverage = files.get(name) ?? new FileCoverage()
    files.set(name, coverage)
    // A template has a line more than once.
    for (const { line_number: line, count, branches } of lines) {
      coverage.addLine(line, count)
      branches.forEach((branch, index) => {
        if (!branch.throw) coverage.addBranch(line, `${index}`, branch.count)
      })
    }
  }
}

/**
 * @param {string} folder
 * @param {string} extension
 */
function find(folder, extension) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(extension))
    .map((entry) => path.join(entry.parentPath, entry.name))
}
