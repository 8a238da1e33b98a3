// Brings a checkout to where the project's scripts can run: dependencies
// installed, addon compiled, TypeScript compiled. Does nothing that is done
// already: each step leaves a stamp, a digest of all that it was made from.
// A step that was interrupted has none, and is done again the next time.
// --force compiles again whatever the stamps say, and installs where needed.
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
 * @typedef {object} Step
 * @property {string} what
 * @property {string} stampFile below what the step makes, so that it goes when that goes
 * @property {() => string} stamp
 * @property {boolean} [forced] with --force: always
 * @property {() => void} make
 */

/** @type {Step[]} */
const steps = [
  {
    what: 'installing dependencies',
    stampFile: 'node_modules/.setup-stamp',
    stamp: () => digest(['package-lock.json']),
    // Without the packages' install scripts: none of them needs one, and ours
    // is the next step.
    make: () => {
      run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'])
    },
  },
  {
    what: 'compiling the addon',
    stampFile: 'build/.setup-stamp',
    // A Node-API binary serves every Node; the machine's kind is what matters.
    stamp: () =>
      `${process.platform}-${process.arch} ${digest(['native', 'binding.gyp', 'package-lock.json'])}`,
    forced: true,
    make: () => {
      run('npx', ['--no-install', '--loglevel=error', 'node-gyp', 'rebuild', '--silent'])
    },
  },
  {
    what: 'compiling TypeScript',
    stampFile: 'dist/.setup-stamp',
    stamp: () => digest(['lib', 'tsconfig.json', 'package-lock.json']),
    forced: true,
    make: () => {
      rmSync(path.join(root, 'dist'), { recursive: true, force: true })
      run('npx', ['--no-install', '--loglevel=error', 'tsc', '-p', 'lib'])
      // The preload is one file, in place of the one that tsc has made: lib/threads/preload.ts says why.
      const bundle = ['lib/threads/preload.ts', '--file', 'dist/threads/preload.js', '--log-level', 'warn']
      run('npx', [
        ...['--no-install', '--loglevel=error', 'rolldown', ...bundle],
        ...['--format', 'cjs', '--platform', 'node'],
      ])
    },
  },
]

/** @param {Step} step */
function isDone({ stampFile, stamp, forced = false }) {
  const file = path.join(root, stampFile)
  return !(force && forced) && existsSync(file) && readFileSync(file, 'utf8') === stamp()
}

/** @param {Step} step */
function perform({ what, stampFile, stamp, make }) {
  const file = path.join(root, stampFile)
  const before = stamp() // what changes meanwhile is for the next time
  process.stderr.write(`setup: ${what}\n`)
  rmSync(file, { force: true })
  make()
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, before)
}

/**
 * Runs `work` alone in this checkout. The lock is a file with a process id; one
 * whose process is gone, killed before it could tidy up, does not count.
 *
 * @param {() => void} work
 */
function locked(work) {
  const file = path.join(root, '.cache/setup.lock')
  mkdirSync(path.dirname(file), { recursive: true })
  for (let patience = false; !tryLock(file); patience = true) {
    if (!patience) process.stderr.write('setup: waiting for another setup of this checkout\n')
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200)
  }
  try {
    work()
  } finally {
    rmSync(file, { force: true })
  }
}

/** @param {string} file */
function tryLock(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  }
  try {
    // 0, where the file is still empty, is our own process group: alive.
    process.kill(Number(readFileSync(file, 'utf8')), 0)
  } catch (error) {
    if (codeOf(error) !== 'ESRCH') return false
    rmSync(file, { force: true })
    return tryLock(file)
  }
  return false
}

/** @param {unknown} error */
function codeOf(error) {
  return error instanceof Error && 'code' in error ? error.code : undefined
}

try {
  if (!steps.every(isDone)) {
    locked(() => {
      for (const step of steps) if (!isDone(step)) perform(step)
    })
  }
} catch (error) {
  // The command has said what is wrong; how it was started helps to repeat it.
  process.stderr.write(`setup: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
}
