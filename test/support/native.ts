import { execFile, spawnSync } from 'node:child_process'
import { cpSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'

const root = path.join(__dirname, '..', '..')

/** Why the programs of test/native/ cannot be built here; undefined where they can. */
export const missing = ((): string | undefined => {
  if (process.platform !== 'linux') return 'they are for Linux'
  if (spawnSync('g++', ['--version']).error !== undefined) return 'there is no g++'
  return undefined
})()

/** The layers below Node, relative to the root. Files of other systems are empty. */
export const core: readonly string[] = ['native/core', 'native/platform'].flatMap((folder) =>
  readdirSync(path.join(root, folder))
    .filter((name) => name.endsWith('.cc'))
    .map((name) => `${folder}/${name}`),
)

/**
 * Compiles a program of test/native/ with the layers below Node, warnings being errors.
 *
 * @returns the program's path, in `directory`.
 */
export async function build(
  program: string,
  directory: string,
  flags: readonly string[] = [],
): Promise<string> {
  const output = path.join(directory, program)
  await promisify(execFile)(
    'g++',
    [
      ...['-std=c++17', '-O2', '-pthread', '-Wall', '-Wextra', '-Werror', ...flags],
      ...['-Inative', `test/native/${program}.cc`],
      ...core,
      ...['-o', output],
    ],
    { cwd: root },
  )
  return output
}

/**
 * Compiles test/native/copy_module.cc, which copies_stress.cc loads.
 *
 * @returns five files in `directory`, which are copies of each other.
 */
export async function buildModules(
  directory: string,
  flags: readonly string[] = [],
): Promise<string[]> {
  const shared = ['-shared', '-fPIC', '-fvisibility=hidden']
  const first = await build('copy_module', directory, [...shared, ...flags])
  const others = [1, 2, 3, 4].map((number) => `${first}${number}`)
  for (const other of others) cpSync(first, other)
  return [first, ...others]
}
