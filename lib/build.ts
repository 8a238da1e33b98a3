// Compiles the addon from source, where no prebuilt binary fits:
//
//   node node_modules/futex-waitgroup/dist/build.js
//
// Needs python3, make and a C++17 compiler, or on Windows Visual Studio's. node-gyp may be installed,
// or be npm's own; else npm downloads it.
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, rmSync } from 'node:fs'
import path = require('node:path')
import { loadAddon } from './binding/load'

const directory = path.join(__dirname, '..')
/** Only while node-gyp runs: npm and pnpm compile every package that has this file, when they install. */
const GYP = path.join(directory, 'binding.gyp')
const isWindows = process.platform === 'win32'

/** Runs a command in the package's folder. Returns whether it succeeded. */
function run(command: string, args: readonly string[], stdio: 'inherit' | 'ignore'): boolean {
  // On Windows npm and node-gyp are scripts, which need a shell. No argument has a space.
  return spawnSync(command, args, { cwd: directory, stdio, shell: isWindows }).status === 0
}

function exists(...commands: (string | undefined)[]): boolean {
  return commands.some((command) => command !== undefined && run(command, ['--version'], 'ignore'))
}

/** What node-gyp needs and this system lacks. node-gyp itself finds Visual Studio. */
function missing(): string[] {
  const { env } = process
  const names: string[] = []
  if (!exists(env['PYTHON'], env['npm_config_python'], 'python3', 'python')) names.push('python3')
  if (isWindows) return names
  if (!exists(env['MAKE'], 'make', 'gmake')) names.push('make')
  if (!exists(env['CXX'], 'c++', 'g++', 'clang++')) names.push('a C++17 compiler')
  return names
}

/** The command that begins node-gyp, or undefined. */
function nodeGyp(): [string, ...string[]] | undefined {
  if (exists('node-gyp')) return ['node-gyp']
  if (!exists('npm')) return undefined
  // npm adds its own node-gyp to the PATH of such commands.
  const hasOwn = run(
    'npm',
    ['exec', '--call', isWindows ? '"node-gyp -v"' : 'node-gyp -v'],
    'ignore',
  )
  return hasOwn ? ['npm', 'exec', '--call'] : ['npm', 'exec', '--yes', '--', 'node-gyp']
}

function build(): string | undefined {
  const lacking = missing()
  const command = nodeGyp()
  if (command === undefined) lacking.push('node-gyp (npm brings it)')
  if (lacking.length > 0 || command === undefined) return `it needs ${lacking.join(', ')}`
  const [program, ...first] = command
  const args = ['rebuild']
  // The headers of this Node, where it has them: nothing is downloaded.
  const prefix = path.resolve(process.execPath, '../..')
  const hasHeaders = existsSync(path.join(prefix, 'include/node/node_api.h'))
  if (hasHeaders && !prefix.includes(' ')) args.push(`--nodedir=${prefix}`)
  const packed = path.join(directory, 'vendor/binding.gyp')
  const isPacked = !existsSync(GYP)
  if (isPacked) copyFileSync(packed, GYP)
  try {
    const isCall = first.at(-1) === '--call'
    const last = isCall ? [`node-gyp ${args.join(' ')}`] : args
    if (!run(program, [...first, ...last], 'inherit')) return 'node-gyp failed: see above'
  } finally {
    if (isPacked) rmSync(GYP)
  }
  loadAddon()
  return undefined
}

const problem = build()
if (problem === undefined) {
  process.stdout.write(`futex-waitgroup: compiled into ${path.join(directory, 'build/Release')}\n`)
} else {
  process.stderr.write(`futex-waitgroup cannot be compiled: ${problem}\n`)
  process.exitCode = 1
}
