import { spawnSync, type SpawnSyncOptions } from 'node:child_process'
import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { onTestFinished, type TestContext } from 'vitest'
import { KILL_SECONDS } from './child'
import { root } from './paths'

export const TOOL = path.join(root, 'examples/checksum/checksum.mjs')

/** Root reads everything, whatever its mode, unless it gives up the right to. */
const UNPRIVILEGED = [
  'setpriv',
  ...['--bounding-set', '-dac_override,-dac_read_search'],
  ...['--inh-caps', '-dac_override,-dac_read_search'],
]
const isRoot = process.getuid?.() === 0

export interface Outcome {
  /** One character per byte. */
  stdout: string
  stderr: string
  /** null after a signal: it hung. */
  status: number | null
}

/** Runs a program that must end by itself. */
export function run(program: string, args: string[], options: SpawnSyncOptions = {}): Outcome {
  const result = spawnSync(program, args, {
    timeout: KILL_SECONDS * 1000,
    killSignal: 'SIGKILL',
    maxBuffer: 2 ** 30,
    ...options,
    encoding: 'buffer',
  })
  if (result.pid === 0) throw result.error ?? new Error(`${program} did not start`)
  return {
    // Nothing where it is no pipe.
    stdout: result.output[1]?.toString('latin1') ?? '',
    stderr: result.output[2]?.toString() ?? '',
    status: result.status,
  }
}

export function checksum(args: string[], options?: SpawnSyncOptions): Outcome {
  return run(process.execPath, [TOOL, ...args], options)
}

/** The same without the right to read a file of mode 000. */
export function checksumUnprivileged(args: string[], options?: SpawnSyncOptions): Outcome {
  const command = [...(isRoot ? UNPRIVILEGED : []), process.execPath, TOOL, ...args]
  return run(command[0] ?? '', command.slice(1), options)
}

/** What sha256sum prints for the same files, all of them readable. */
export function realSha256sum(directory: string): Outcome {
  const script = 'find "$1" -type f -print0 | LC_ALL=C sort -z | xargs -0 -r sha256sum --'
  return run('sh', ['-c', script, 'sh', directory])
}

/** Runs `sha256sum -c` on a manifest. */
export function check(manifest: string, options?: SpawnSyncOptions): Outcome {
  const input = Buffer.from(manifest, 'latin1')
  return run('sha256sum', ['-c', '--strict', '--quiet'], { ...options, input })
}

/** The names in a manifest, as it has them. */
export function names(manifest: string): string[] {
  return manifest.split('\n').flatMap((line) => (line === '' ? [] : [line.slice(66)]))
}

/** A new folder. With the owner 'test' it is removed when the test is over. */
export function folder(
  files: Record<string, string | Buffer> = {},
  owner: 'test' | 'caller' = 'test',
): string {
  const directory = fs.mkdtempSync(path.join(tmpdir(), 'checksum-'))
  if (owner === 'test') onTestFinished(() => remove(directory))
  for (const [name, data] of Object.entries(files)) put(directory, name, data)
  return directory
}

export function remove(directory: string): void {
  fs.rmSync(directory, { recursive: true, force: true })
}

/** Makes a file, and the folders that it is in. Its name may be bytes. */
export function put(directory: string, name: string | Buffer, data: string | Buffer = ''): void {
  const file = Buffer.concat([Buffer.from(`${directory}/`), Buffer.from(name)])
  fs.mkdirSync(file.subarray(0, file.lastIndexOf('/')), { recursive: true })
  fs.writeFileSync(file, data)
}

/** Skips a test that needs what is missing here, but not in silence. */
export function needs(context: TestContext, lack: string | undefined): void {
  if (lack === undefined) return
  console.warn(`SKIPPED: ${context.task.name}: ${lack}`)
  context.skip(lack)
}

/** Which of these programs (GNU's or util-linux's) are missing; undefined if none. */
export function missing(...programs: string[]): string | undefined {
  const absent = programs.filter((program) => spawnSync(program, ['--version']).status !== 0)
  return absent.length === 0 ? undefined : `not on this machine: ${absent.join(', ')}`
}

/** Why a file of mode 000 can be read here; undefined where it cannot. */
export function modesIgnored(): string | undefined {
  if (process.platform === 'win32') return 'Windows has no modes'
  if (!isRoot) return undefined
  const [program, ...args] = [...UNPRIVILEGED, 'true']
  return spawnSync(program, args).status === 0 ? undefined : 'this is root, and setpriv fails'
}
