// Compiles with g++: programs from native/core/ and native/platform/, without Node, and addons. The list of
// sources and the include folder are here and nowhere else.
import { execFile, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
} from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { Child, type ChildOptions } from './child'
import { root } from './paths'

/** Why the programs of test/core/ cannot be built here; undefined where they can. */
export const missing = ((): string | undefined => {
  if (process.platform !== 'linux') return 'they are for Linux'
  if (spawnSync('g++', ['--version']).error !== undefined) return 'there is no g++'
  return undefined
})()

/** Folders for `#include "core/…"`. */
const INCLUDES: readonly string[] = [path.join(root, 'native')]

const sourcesIn = (folder: string): string[] =>
  readdirSync(path.join(root, folder))
    .filter((name) => name.endsWith('.cc'))
    .map((name) => path.join(root, folder, name))

/** The layers below Node. A file of another system is empty. */
const sources: readonly string[] = ['native/core', 'native/platform'].flatMap(sourcesIn)

/** Everything that the result of a compiler run depends on, but for its arguments. */
const state = (() => {
  const hash = createHash('sha256')
  const folders = [path.join(root, 'native'), path.join(root, 'test/core')]
  for (const folder of folders) {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue
      const file = path.join(entry.parentPath, entry.name)
      hash.update(file).update('\0').update(readFileSync(file))
    }
  }
  return hash.digest('hex')
})()

const running = new Map<string, Promise<string>>()

/**
 * Runs the compiler once for equal arguments and sources, in this run and in later ones: the result
 * stays in .cache/core/.
 *
 * @returns the path of the output
 */
function compile(name: string, args: readonly string[], files: readonly string[]): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([state, args]))
  for (const file of files) hash.update(readFileSync(file))
  const folder = path.join(root, '.cache/core', hash.digest('hex').slice(0, 16))
  const output = path.join(folder, name)
  if (existsSync(output)) return Promise.resolve(output)
  const start = async () => {
    mkdirSync(folder, { recursive: true })
    const scratch = mkdtempSync(path.join(folder, 'new-'))
    const file = path.join(scratch, name)
    await promisify(execFile)('g++', [...args, ...files, '-o', file], { cwd: root })
    // Two test files may build the same at once: either result will do.
    renameSync(file, output)
    return output
  }
  const result = running.get(output) ?? start()
  running.set(output, result)
  return result
}

const WARNINGS = ['-Wall', '-Wextra', '-Werror']
const includes = INCLUDES.map((folder) => `-I${folder}`)

/** The layers below Node as object files, one compiler run per file and set of flags. */
async function objects(flags: readonly string[]): Promise<string[]> {
  const results: string[] = []
  for (const source of sources) {
    const name = `${path.basename(source, '.cc')}.o`
    results.push(await compile(name, [...flags, ...includes, '-c'], [source]))
  }
  return results
}

/** Makes the linker put the functions of test/core/forced.h in the place of core's. */
function wraps(file: string): string[] {
  if (!readFileSync(file, 'utf8').includes('#include "forced.h"')) return []
  const header = readFileSync(path.join(root, 'test/core/forced.h'), 'utf8')
  const names = [...header.matchAll(/"__wrap_(\w+)"/g)]
  return ['-DFORCED_SCHEDULES', ...names.map(([, name]) => `-Wl,--wrap=${name}`)]
}

/**
 * Compiles a file with the layers below Node, warnings being errors.
 *
 * @returns the path of the program
 */
export async function buildFile(
  file: string,
  flags: readonly string[] = [],
  extension = '',
): Promise<string> {
  const all = ['-std=c++17', '-O2', '-pthread', ...WARNINGS, ...flags]
  const name = `${path.basename(file, '.cc')}${extension}`
  return compile(name, [...all, ...includes, ...wraps(file)], [file, ...(await objects(all))])
}

/** The same for a program of test/core/. */
export function build(program: string, flags: readonly string[] = []): Promise<string> {
  return buildFile(path.join(root, 'test/core', `${program}.cc`), flags)
}

export const THREAD_SANITIZER: readonly string[] = ['-g', '-fsanitize=thread']

/** The bits of an address that the kernel chooses at random. ThreadSanitizer's memory leaves room for 28. */
const randomBits = (): number => {
  const file = '/proc/sys/vm/mmap_rnd_bits'
  return existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0
}

/** Runs a program of test/core/. */
export function start(
  program: string,
  args: readonly string[],
  flags: readonly string[] = [],
  options: ChildOptions = {},
): Child {
  const fixed = flags.includes('-fsanitize=thread') && randomBits() > 28
  return fixed
    ? new Child('setarch', ['-R', program, ...args], options)
    : new Child(program, args, options)
}

const SHARED = ['-shared', '-fPIC', '-fvisibility=hidden']

/**
 * Compiles copy_module.cc, which copies_stress.cc loads.
 *
 * @returns five files in `directory`, which are copies of each other
 */
export async function buildModules(
  directory: string,
  flags: readonly string[] = [],
): Promise<string[]> {
  const first = await build('copy_module', [...SHARED, ...flags])
  const others = [1, 2, 3, 4, 5].map((number) => path.join(directory, `copy_module${number}`))
  for (const other of others) cpSync(first, other)
  return others
}

/** Compiles an addon that has the layers below Node in it. */
export function buildAddon(file: string): Promise<string> {
  return buildFile(file, ['-O0', ...SHARED, `-I${headers()}`], '.node')
}

const ownHeader = path.join(root, 'native/include')

function consumerOptions(file: string, include: string): string[] {
  const isC = file.endsWith('.c')
  const language = isC ? ['-xc', '-std=c99', '-D_POSIX_C_SOURCE=199309L'] : ['-std=c++11']
  const folders = [include, headers()].map((folder) => `-I${folder}`)
  return [...language, '-O1', '-pthread', '-pedantic', ...WARNINGS, ...SHARED, ...folders]
}

/**
 * Compiles an addon that knows the package by native/include/futex_waitgroup.h alone, in C99 or C++11.
 *
 * @returns the path of the addon
 */
export function buildConsumer(file: string, flags: readonly string[] = []): Promise<string> {
  const name = `${path.basename(file, path.extname(file))}.node`
  return compile(name, [...consumerOptions(file, ownHeader), ...flags], [file])
}

/** The same into `output`, by the header in another folder. */
export async function buildConsumerBy(include: string, file: string, output: string) {
  await promisify(execFile)('g++', [...consumerOptions(file, include), file, '-o', output])
}

/** Compiles this package's addon, as binding.gyp does but for `flags`. */
export function buildOwnAddon(flags: readonly string[]): Promise<string> {
  const gyp = readFileSync(path.join(root, 'binding.gyp'), 'utf8')
  const list = (key: string) => {
    const [, items = ''] = new RegExp(`'${key}': \\[(.*?)\\]`, 's').exec(gyp) ?? []
    return [...items.replaceAll(/#.*/g, '').matchAll(/'(.*?)'/g)].map(([, item = '']) => item)
  }
  const all = [...list('cflags_cc'), ...list('defines').map((define) => `-D${define}`), ...flags]
  const folders = ['node_modules/node-addon-api', headers()].map((folder) => `-I${folder}`)
  const link = ['-pthread', '-Wl,--version-script=native/exports.map']
  const options = [...all, ...WARNINGS, ...SHARED, ...folders, ...includes, ...link]
  return compile('futex_waitgroup.node', options, [...sourcesIn('native/addon'), ...sources])
}

/** Where the headers are that the addon was compiled with. Node-API's serve every Node. */
function headers(): string {
  const [, nodedir] =
    /"nodedir": "(.*)"/.exec(readFileSync(path.join(root, 'build/config.gypi'), 'utf8')) ?? []
  if (nodedir === undefined) throw new Error('build/config.gypi does not say where the headers are')
  return path.join(nodedir, 'include/node')
}
