/** The competitors that are no JavaScript: they are compiled before the rows run. */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { cache } from '../scripts/support/tools.mjs'

/**
 * @typedef {object} Source
 * @property {string} name Of the competitor.
 * @property {string} file
 * @property {string} compiler
 * @property {string[]} version Arguments with which the compiler does nothing.
 * @property {string[]} args
 * @property {() => string | undefined} [missing] Returns why it cannot be compiled here, if it cannot.
 */

/** Node-API's headers, beside the running Node or the system's. */
export const headers = [
  path.resolve(process.execPath, '../../include/node'),
  '/usr/include/node',
].find((folder) => existsSync(path.join(folder, 'node_api.h')))

/** @type {Source[]} */
const sources = [
  { name: 'Go', file: 'peer.go', compiler: 'go', version: ['version'], args: ['build'] },
  {
    name: 'C++ floor',
    file: 'floor.cc',
    compiler: 'c++',
    version: ['--version'],
    args: ['-std=c++17', '-O2', '-shared', '-fPIC', `-I${headers}`],
    missing() {
      if (process.platform !== 'linux') return 'it is for Linux'
      return headers === undefined ? "Node-API's headers are missing" : undefined
    },
  },
]

/** @returns what could be compiled, and why the rest could not */
export function compilePrograms() {
  const folder = path.join(cache, 'bench')
  mkdirSync(folder, { recursive: true })
  /** @type {Record<string, string>} */
  const programs = {}
  /** @type {string[]} */
  const leftOut = []
  for (const { name, file, compiler, version, args, missing } of sources) {
    const hasCompiler = spawnSync(compiler, version).status === 0
    const why = missing?.() ?? (hasCompiler ? undefined : `there is no ${compiler}`)
    if (why !== undefined) {
      leftOut.push(`${name}: ${why}`)
      continue
    }
    const source = fileURLToPath(new URL(file, import.meta.url))
    const program = path.join(folder, `${file}.out`)
    const { status } = spawnSync(compiler, [...args, '-o', program, source], {
      stdio: ['ignore', 2, 2],
    })
    if (status === 0) programs[name] = program
    else leftOut.push(`${name}: ${compiler} cannot compile it`)
  }
  return { programs, leftOut }
}

/** A program that answers each line of its input by one line of numbers. */
export class Program {
  #child
  #lines

  /**
   * @param {string} command
   * @param {string[]} [args]
   */
  constructor(command, args = []) {
    this.#child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#lines = createInterface(this.#child.stdout)[Symbol.asyncIterator]()
  }

  /** @param {...(string | number)} words */
  async ask(...words) {
    this.#child.stdin.write(`${words.join(' ')}\n`)
    return this.answer()
  }

  /** The next line of numbers. */
  async answer() {
    const { value, done } = await this.#lines.next()
    if (done === true) throw new Error(`${this.#child.spawnfile} has ended without an answer`)
    return Float64Array.from(value.split(' '), Number)
  }

  /** @returns {Promise<void>} Resolves when the program has exited. */
  end() {
    this.#child.stdin.end()
    if (this.#child.exitCode !== null) return Promise.resolve()
    return new Promise((resolve) => this.#child.once('exit', () => resolve()))
  }
}

/**
 * The sides of competitors that are programs.
 *
 * @param {Record<string, string>} programs
 * @param {string[]} names
 */
export function startPrograms(programs, names) {
  const started = names.flatMap((name) => {
    const file = programs[name]
    return file === undefined ? [] : [/** @type {const} */ ([name, new Program(file)])]
  })
  return {
    /**
     * Sides that measure many times.
     *
     * @param {...(string | number)} words
     */
    sides: (...words) =>
      Object.fromEntries(started.map(([name, program]) => [name, () => program.ask(...words)])),
    /**
     * Sides that measure once.
     *
     * @param {...(string | number)} words
     */
    figures: (...words) =>
      Object.fromEntries(
        started.map(([name, program]) => [
          name,
          async () => (await program.ask(...words))[0] ?? NaN,
        ]),
      ),
    end: () => Promise.all(started.map(([, program]) => program.end())),
  }
}
