// Brings a checkout to where the project's scripts can run: installs the
// dependencies, compiles the addon and the TypeScript. Does nothing if no
// source is newer than the last run; --force compiles everything from scratch.
// --source-maps is for scripts/coverage.mjs.
// Prints to standard error only, which leaves standard output to `npm start`.
import * as fs from 'node:fs'
import { lock } from './support/lock.mjs'
import { messageOf, npmCi, npx, root } from './support/tools.mjs'

const PRELOAD = 'threads/preload' // its path below lib/ and dist/
const sources = ['package-lock.json', 'binding.gyp', 'native', 'tsconfig.json', 'lib']
const binary = 'build/Release/futex_waitgroup.node'
const installed = 'node_modules/.setup-package-lock.json' // a copy of the one that was installed
const stamp = 'dist/.setup' // its time is the start of the last successful run

function isUpToDate() {
  if (![installed, binary, stamp].every((file) => fs.existsSync(file))) return false
  const { mtimeMs } = fs.statSync(stamp)
  return !sources.some((source) => isNewer(source, mtimeMs))
}

/**
 * @param {string} place a file or a folder; a folder's own time changes with its list of files
 * @param {number} time
 * @returns {boolean}
 */
function isNewer(place, time) {
  const stat = fs.statSync(place)
  if (stat.mtimeMs >= time) return true
  return (
    stat.isDirectory() && fs.readdirSync(place).some((name) => isNewer(`${place}/${name}`, time))
  )
}

/** @param {string} folder */
function remove(folder) {
  fs.rmSync(folder, { recursive: true, force: true })
}

function setUp() {
  const begin = new Date()
  remove('dist') // also the stamp, and the output of sources that were removed
  const packageLock = fs.readFileSync('package-lock.json', 'utf8')
  if (!fs.existsSync(installed) || fs.readFileSync(installed, 'utf8') !== packageLock) {
    process.stderr.write('setup: installing dependencies\n')
    npmCi(root)
    fs.writeFileSync(installed, packageLock)
  }
  process.stderr.write('setup: compiling\n')
  // `configure` finds new files. An interrupted first build may have left half an object file.
  npx('node-gyp', ...(fs.existsSync(binary) ? ['configure', 'build'] : ['rebuild']), '--silent')
  const sourceMaps = process.argv.includes('--source-maps')
  npx('tsc', '-p', 'lib', ...(sourceMaps ? ['--sourceMap'] : []))
  // The bundle replaces the file that tsc has made: lib/threads/preload.ts says why. Minified, and
  // .cjs, for which Node does not look for a package.json: this costs each thread 0.2 ms less.
  const bundle = [`lib/${PRELOAD}.ts`, '--file', `dist/${PRELOAD}.cjs`, '--log-level', 'warn']
  const form = sourceMaps ? '--sourcemap' : '--minify'
  npx('rolldown', ...bundle, '--format', 'cjs', '--platform', 'node', form)
  remove(`dist/${PRELOAD}.js`)
  fs.writeFileSync(stamp, '')
  fs.utimesSync(stamp, begin, begin)
}

try {
  process.chdir(root)
  const force = process.argv.includes('--force')
  if (force || !isUpToDate()) {
    await lock('setup')
    if (force) ['build', 'dist'].forEach(remove)
    if (!isUpToDate()) setUp()
  }
} catch (error) {
  // The command has printed why it failed. Its command line helps to repeat it.
  process.stderr.write(`setup: ${messageOf(error)}\n`)
  process.exit(1)
}
