// Functions that the scripts share.
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))

/** A folder that is kept between runs and is safe to delete; git ignores it. */
export const cache = path.join(root, '.cache')

/**
 * Installs the packages that scripts/<name>/package-lock.json pins into
 * .cache/<name>, unless they are there. They are no devDependencies, since they
 * are large and seldom needed.
 *
 * @param {string} name
 * @param {...string} options of npm
 * @returns {string} the node_modules folder
 */
export function installTools(name, ...options) {
  const from = path.join(root, 'scripts', name)
  const to = path.join(cache, name)
  const modules = path.join(to, 'node_modules')
  // npm writes this file last. The copy of the lock file tells which one was installed.
  const done = path.join(modules, '.package-lock.json')
  /** @param {string} folder */
  const lock = (folder) => readFileSync(path.join(folder, 'package-lock.json'), 'utf8')
  if (existsSync(done) && lock(to) === lock(from)) return modules
  process.stderr.write(`installing scripts/${name}/package.json into .cache/${name}\n`)
  mkdirSync(to, { recursive: true })
  for (const file of ['package.json', 'package-lock.json']) {
    cpSync(path.join(from, file), path.join(to, file))
  }
  npmCi(to, ...options)
  return modules
}

/**
 * Installs the packages that `folder`/package-lock.json pins. Skips their
 * install scripts, which are not needed. Prints to standard error.
 *
 * @param {string} folder
 * @param {...string} options of npm
 */
export function npmCi(folder, ...options) {
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  run(folder, 'npm', 'ci', ...quiet, ...options)
}

/**
 * Runs a program of a dependency in the checkout, with npm's settings in its
 * environment: node-gyp reads the path of Node's headers there. Prints to
 * standard error.
 *
 * @param {...string} command
 */
export function npx(...command) {
  run(root, 'npx', '--no-install', '--loglevel=error', ...command)
}

/**
 * @param {string} cwd
 * @param {string} command
 * @param {...string} args
 */
function run(cwd, command, ...args) {
  const shell = process.platform === 'win32'
  execFileSync(command, args, { cwd, stdio: ['ignore', 2, 2], shell })
}

/**
 * @param {string} command
 * @returns {boolean} whether it is installed and accepts --version
 */
export function hasCommand(command) {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0
}

/** @param {unknown} error */
export function codeOf(error) {
  return error instanceof Error && 'code' in error ? error.code : undefined
}

/** @param {unknown} error */
export function messageOf(error) {
  return error instanceof Error ? error.message : String(error)
}

/**
 * The files of the project: those in git, and new ones that git does not ignore.
 *
 * @param {...string} patterns pathspecs of git; default: all files
 * @returns {string[]} relative to the root
 */
export function projectFiles(...patterns) {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '-z', '--', ...patterns]
  return execFileSync('git', args, { cwd: root, encoding: 'utf8' })
    .split('\0')
    .filter((file) => file !== '' && existsSync(path.join(root, file)))
}
