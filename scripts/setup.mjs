// Brings a checkout to where the project's scripts can run: dependencies
// installed, addon compiled, TypeScript compiled. Does nothing that is done
// already: each step leaves a stamp, a digest of all that it was made from.
// Prints to standard error only, so that `npm start` keeps standard output.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const force = process.argv.includes('--force')

/** @param {string[]} names files and folders below the root */
function digest(names) {
  const hash = createHash('sha256')
  for (const name of names) {
    for (const file of filesBelow(path.join(root, name))) {
      hash
        .update(`${path.relative(root, file)}\0`)
        .update(readFileSync(file))
        .update('\0')
    }
  }
  return hash.digest('hex')
}

/**
 * @param {string} place
 * @returns {string[]}
 */
function filesBelow(place) {
  if (!existsSync(place)) return []
  const entries = (() => {
    try {
      return readdirSync(place, { withFileTypes: true })
    } catch {
      return undefined // a file
    }
  })()
  if (entries === undefined) return [place]
  return entries
    .map((entry) => path.join(place, entry.name))
    .sort()
    .flatMap(filesBelow)
}

/**
 * Runs a command of npm's, or one that a dependency installs, found as npm's
 * scripts find them. Through npm, since its settings (where Node's headers
 * are, say) reach node-gyp that way only.
 *
 * @param {string} command
 * @param {string[]} args
 */
function run(command, args) {
  execFileSync(command, args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  })
}

/**
 * @param {string} what
 * @param {string} stampFile
 * @param {string} stamp
 * @param {() => void} make
 */
function step(what, stampFile, stamp, make) {
  const file = path.join(root, stampFile)
  if (!force && existsSync(file) && readFileSync(file, 'utf8') === stamp) return
  process.stderr.write(`setup: ${what}\n`)
  rmSync(file, { force: true })
  make()
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, stamp)
}

try {
  step(
    'installing dependencies',
    'node_modules/.setup-stamp',
    digest(['package-lock.json']),
    // Without the packages' install scripts: none of them needs one, and ours
    // is the next step.
    () => run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']),
  )
  step(
    'compiling the addon',
    'build/.setup-stamp',
    // A Node-API binary serves every Node; the machine's kind is what matters.
    `${process.platform}-${process.arch} ${digest(['native', 'binding.gyp', 'package-lock.json'])}`,
    () => run('npx', ['--no-install', 'node-gyp', 'rebuild', '--silent']),
  )
  step(
    'compiling TypeScript',
    'dist/.setup-stamp',
    digest(['lib', 'tsconfig.json', 'package-lock.json']),
    () => {
      rmSync(path.join(root, 'dist'), { recursive: true, force: true })
      run('npx', ['--no-install', 'tsc', '-p', 'lib'])
    },
  )
} catch (error) {
  // The command has said what is wrong; how it was started helps to repeat it.
  process.stderr.write(`setup: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
}
