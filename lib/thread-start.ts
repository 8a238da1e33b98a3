import { accessSync } from 'node:fs'
import path = require('node:path')
import { fileURLToPath } from 'node:url'
import {
  getEnvironmentData,
  setEnvironmentData,
  SHARE_ENV,
  type WorkerOptions,
} from 'node:worker_threads'
import { native } from './native'
import { isBun } from './runtime'
import { shared } from './shared'
import { START_KEY, type Restore, type ThreadStart } from './thread-protocol'

/** How the preload gets into a thread before the user's script is read, and what it finds there. */

const PRELOAD = path.join(__dirname, 'preload.js')

/** Those that a Worker leaves on the loop for good, when its constructor throws at what it is given. */
const PORTS_OF_HALF_A_WORKER = 5

/** The options that bring the preload in, in place of the user's. */
interface Plan {
  readonly replace: WorkerOptions
  readonly restore: Restore
}

/**
 * Starts a worker of `options` with the preload in it.
 *
 * @param construct - Constructs the worker. May be called more than once, after it threw.
 */
export function withPreload<T>(
  options: WorkerOptions,
  start: Omit<ThreadStart, 'restore'>,
  construct: (options: WorkerOptions) => T,
): T {
  // A package that was replaced under the running program: an error here, and no thread that hangs.
  accessSync(PRELOAD)
  const attempt = ({ replace, restore }: Plan): T => {
    const offer = new Offer({ ...start, restore })
    shared.loop?.mark()
    try {
      return construct(offer.optionsFrom(options, replace))
    } catch (error) {
      shared.loop?.ignoreNew(PORTS_OF_HALF_A_WORKER)
      throw error
    } finally {
      offer.withdraw()
    }
  }
  if (isBun) return attempt(byBunPreload(options))
  const { env } = options
  if (env === SHARE_ENV) return byExecArgv(options, attempt)
  if (env != null && typeof env !== 'object') {
    return attempt({ replace: {}, restore: undefined }) // Node has the right error for that
  }
  try {
    return attempt(byNodeOptions(env))
  } catch (error) {
    // The parent's NODE_OPTIONS hold an option of a process (--title, say), which Node overlooks as
    // long as the thread's are the same.
    if (!isInvalidExecArgv(error)) throw error
    return byExecArgv(options, attempt)
  }
}

/**
 * A {@link ThreadStart} in the environment data, where the worker's constructor clones it.
 *
 * It is there for as short as can be, since user code runs in the constructor: getters of the
 * options, and subscribers of a diagnostics channel. Any other worker that they construct meanwhile
 * would clone it too, and fail, since it is not given the port.
 */
class Offer {
  readonly #start: ThreadStart
  #isMade = false
  /** Of a thread whose own constructor is under way, further out. */
  #outer: object | undefined

  constructor(start: ThreadStart) {
    this.#start = start
  }

  /**
   * What the worker reads its options from: the user's object, inherited and computed properties
   * included, behind those that are replaced. `workerData` is read last before the data is cloned.
   */
  optionsFrom(options: WorkerOptions, replace: WorkerOptions): WorkerOptions {
    const { port } = this.#start
    const make = (): void => {
      this.#make()
    }
    const ours: WorkerOptions = {
      ...replace,
      get transferList() {
        return [...Array.from(options.transferList ?? []), port]
      },
      get workerData() {
        const data: unknown = options.workerData
        make()
        return data
      },
    }
    return Object.create(options, Object.getOwnPropertyDescriptors(ours)) as WorkerOptions
  }

  #make(): void {
    const withdraw = (): void => {
      this.withdraw()
    }
    const { port, ...start } = this.#start
    this.#outer = getEnvironmentData(START_KEY) as object | undefined
    this.#isMade = true
    const once = {
      ...start,
      get port() {
        withdraw()
        return port
      },
    }
    setEnvironmentData(START_KEY, once)
  }

  withdraw(): void {
    if (!this.#isMade) return
    this.#isMade = false
    setEnvironmentData(START_KEY, this.#outer)
  }
}

/**
 * The usual way: it keeps the parent's flags inherited, also beside the user's own execArgv. In
 * front of what is there: a preload of the user's that throws would otherwise come first, and ours,
 * which counts down, never.
 */
function byNodeOptions(given: NodeJS.ProcessEnv | null | undefined): Plan {
  const env: NodeJS.ProcessEnv = { ...(given ?? process.env) }
  const nodeOptions = env['NODE_OPTIONS']
  const quoted = PRELOAD.replace(/[\\"]/g, '\\$&')
  env['NODE_OPTIONS'] = `--require "${quoted}" ${nodeOptions ?? ''}`.trimEnd()
  return { replace: { env }, restore: { nodeOptions } }
}

/**
 * Where there is no env of the thread's own to put it in. Any execArgv ends the inheritance of
 * flags, so the parent's are given again, less those that Node says are not for threads.
 */
function byExecArgv<T>(options: WorkerOptions, attempt: (plan: Plan) => T): T {
  const own = options.execArgv
  const restore = { execArgv: own ?? process.execArgv }
  let execArgv = [...restore.execArgv]
  for (;;) {
    try {
      return attempt({ replace: { execArgv: ['--require', PRELOAD, ...execArgv] }, restore })
    } catch (error) {
      if (own !== undefined || !isInvalidExecArgv(error)) throw error
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
  const replace = { preload: [PRELOAD, ...[preload].flat()] }
  return { replace: replace as WorkerOptions, restore: undefined }
}

function isInvalidExecArgv(error: unknown): error is Error {
  return (error as { code?: unknown } | null)?.code === 'ERR_WORKER_INVALID_EXEC_ARGV'
}

/** For the error of a thread that died before it had come to the end of its preload. */
export function whyNotStarted(options: WorkerOptions): string {
  const root = path.join(__dirname, '..')
  let text = `It ended before it could run ${PRELOAD} or load ${native.path}.`
  if (hasPermissionFlag(options)) {
    text +=
      ` Its permission model needs --allow-addons and --allow-fs-read=${root},` +
      ' and --allow-worker in the process that starts it.'
  }
  return text
}

function hasPermissionFlag(options: WorkerOptions): boolean {
  try {
    const { env, execArgv = [] } = options
    const { NODE_OPTIONS } = typeof env === 'object' ? env : process.env
    const flags = [...execArgv, NODE_OPTIONS ?? ''].join(' ')
    return /(^|\s)--(experimental-)?permission(\s|=|$)/.test(flags)
  } catch {
    return false // a getter threw
  }
}
