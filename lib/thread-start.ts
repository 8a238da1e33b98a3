import { accessSync } from 'node:fs'
import path = require('node:path')
import { fileURLToPath } from 'node:url'
import { setEnvironmentData, SHARE_ENV, type WorkerOptions } from 'node:worker_threads'
import { isBun } from './runtime'

/** How the preload gets into a thread before the user's script is read, and what it finds there. */

/** The key in the environment data under which a starting thread finds its {@link ThreadStart}. */
export const START_KEY = 'futex-waitgroup:thread'

const PRELOAD = path.join(__dirname, 'preload.js')

/** What the parent leaves for the preload. Nobody else sees it. */
export interface ThreadStart {
  readonly group: SharedArrayBuffer
  readonly byteOffset: number
  readonly cell: SharedArrayBuffer
  readonly port: import('node:worker_threads').MessagePort
  /** What the user's script is to find in place of what named the preload. */
  readonly restore: Restore
}

export type Restore =
  | { readonly nodeOptions: string | undefined }
  | { readonly execArgv: readonly string[] }
  | undefined

interface Plan {
  readonly options: WorkerOptions
  readonly restore: Restore
}

/**
 * Starts a worker of `options` with the preload in it.
 *
 * @param start - Constructs the worker. May be called more than once, after it threw.
 */
export function withPreload<T>(
  options: WorkerOptions,
  given: Omit<ThreadStart, 'restore'>,
  start: (options: WorkerOptions) => T,
): T {
  // A package that was replaced under the running program: an error here, and no thread that hangs.
  accessSync(PRELOAD)
  const transferList = [...(options.transferList ?? []), given.port]
  const attempt = ({ options: planned, restore }: Plan): T => {
    // The data is cloned while the worker is constructed, and for that long only it is there.
    setEnvironmentData(START_KEY, { ...given, restore })
    try {
      return start({ ...planned, transferList })
    } finally {
      setEnvironmentData(START_KEY, undefined)
    }
  }
  if (isBun) return attempt(byBunPreload(options))
  if (options.env === SHARE_ENV) return byExecArgv(options, attempt)
  if (options.env != null && typeof options.env !== 'object') {
    return attempt({ options, restore: undefined }) // Node has the right error for that
  }
  try {
    return attempt(byNodeOptions(options))
  } catch (error) {
    // The parent's NODE_OPTIONS hold an option of a process (--title, say), which Node overlooks as
    // long as the thread's are the same.
    if (!isInvalidExecArgv(error)) throw error
    return byExecArgv(options, attempt)
  }
}

/**
 * The usual way: it keeps the parent's flags inherited, also beside the user's own execArgv. In
 * front of what is there: a preload of the user's that throws would otherwise come first, and ours,
 * which counts down, never.
 */
function byNodeOptions(options: WorkerOptions): Plan {
  const env: NodeJS.ProcessEnv = { ...((options.env as NodeJS.ProcessEnv | null) ?? process.env) }
  const nodeOptions = env['NODE_OPTIONS']
  const quoted = PRELOAD.replace(/[\\"]/g, '\\$&')
  env['NODE_OPTIONS'] = `--require "${quoted}" ${nodeOptions ?? ''}`.trimEnd()
  return { options: { ...options, env }, restore: { nodeOptions } }
}

/**
 * Where there is no env of the thread's own to put it in. Any execArgv ends the inheritance of
 * flags, so the parent's are given again, less those that Node says are not for threads.
 */
function byExecArgv<T>(options: WorkerOptions, attempt: (plan: Plan) => T): T {
  const restore = { execArgv: options.execArgv ?? process.execArgv }
  let execArgv = [...restore.execArgv]
  for (;;) {
    try {
      return attempt({
        options: { ...options, execArgv: ['--require', PRELOAD, ...execArgv] },
        restore,
      })
    } catch (error) {
      if (options.execArgv !== undefined || !isInvalidExecArgv(error)) throw error
      const refused = error.message.slice(error.message.indexOf(': ') + 2).split(', ')
      const kept = execArgv.filter(
        (flag) => !refused.includes(flag) && !refused.includes(flag.replace(/=.*/s, '')),
      )
      if (kept.length === execArgv.length) throw error
      execArgv = kept
    }
  }
}

/**
 * Bun looks for the script before it runs the preload, and tells the parent's loop only where there
 * is none: a blocked join would hang. So it is asked here. What it cannot find, it throws.
 */
export function checkBunScript(script: string | URL, options: WorkerOptions | undefined): void {
  const { Bun } = globalThis as { Bun?: { resolveSync(script: string, from: string): string } }
  if (Bun === undefined || options?.eval === true) return
  const url = /^[a-z]{2,}:/i.test(String(script))
  if (url && !/^file:/i.test(String(script))) return
  const file = url ? fileURLToPath(script) : String(script)
  try {
    Bun.resolveSync(file, process.cwd())
  } catch {
    Bun.resolveSync(path.resolve(file), process.cwd())
  }
}

function byBunPreload(options: WorkerOptions): Plan {
  const { preload = [] } = options as { preload?: string | string[] }
  const withOurs = { ...options, preload: [PRELOAD, ...[preload].flat()] }
  return { options: withOurs, restore: undefined }
}

function isInvalidExecArgv(error: unknown): error is Error {
  return (error as { code?: unknown } | null)?.code === 'ERR_WORKER_INVALID_EXEC_ARGV'
}
