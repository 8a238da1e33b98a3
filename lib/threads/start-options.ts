import { accessSync } from 'node:fs'
import path = require('node:path')
import { fileURLToPath } from 'node:url'
import {
  getEnvironmentData,
  setEnvironmentData,
  SHARE_ENV,
  type WorkerOptions,
} from 'node:worker_threads'
import { native } from '../binding/addon'
import { sharedLoop } from '../deadlock'
import { isBun } from '../runtime/host'
import { STREAM_NAMES, type OutputStart, type StreamName } from './output/messages'
import { START_KEY, type Restore, type ThreadStart } from './protocol'

// Puts the preload into a thread, to run before the user's script is read.

const PRELOAD = path.join(__dirname, 'preload.cjs')

/** The number of ports that stay on the loop for ever if the constructor of a Worker throws. */
const PORTS_OF_FAILED_WORKER = 5

/** What the caller of {@link startWithPreload} knows of a {@link ThreadStart}. */
export interface GivenStart extends Omit<ThreadStart, 'restore' | 'output'> {
  readonly output: Omit<OutputStart, 'streams'> | undefined
}

interface StartOptions {
  /** Options that name the preload. They replace the user's. */
  readonly replace: WorkerOptions
  readonly restore: Restore
}

/**
 * Starts a worker with `options` and the preload.
 *
 * @param construct - Constructs the worker. If it throws, it may be called again.
 */
export function startWithPreload<T>(
  options: WorkerOptions,
  start: GivenStart,
  construct: (options: WorkerOptions) => T,
): T {
  // Throws if the package was replaced while the program runs. Else a join would hang.
  accessSync(PRELOAD)
  const tryStart = ({ replace, restore }: StartOptions): T => {
    const offer = new Offer(start, restore)
    sharedLoop.value?.mark()
    try {
      return construct(offer.optionsFrom(options, replace))
    } catch (error) {
      sharedLoop.value?.ignoreNew(PORTS_OF_FAILED_WORKER)
      throw error
    } finally {
      offer.withdraw()
    }
  }
  if (isBun) return tryStart(byBunPreload(options))
  const { env } = options
  if (env === SHARE_ENV) return byExecArgv(options, tryStart)
  if (env != null && typeof env !== 'object') {
    return tryStart({ replace: {}, restore: undefined }) // Node throws the right error
  }
  try {
    return tryStart(byNodeOptions(env))
  } catch (error) {
    // The parent's NODE_OPTIONS have an option that a thread must not have (--title, for example).
    // Node ignores it only if the thread's NODE_OPTIONS are the same as the parent's.
    if (!isInvalidExecArgv(error)) throw error
    return byExecArgv(options, tryStart)
  }
}

/**
 * A {@link ThreadStart} in the environment data, which the worker's constructor clones.
 *
 * It is there as briefly as possible. The constructor runs user code: getters of the options, and
 * subscribers of a diagnostics channel. A worker that this code constructs would clone the start
 * too, and fail without the port.
 */
class Offer {
  readonly #start: GivenStart
  readonly #restore: Restore
  readonly #captured = new Set<StreamName>()
  #isMade = false
  /** The start of an outer thread, whose constructor is running the code that starts this one. */
  #outer: object | undefined

  constructor(start: GivenStart, restore: Restore) {
    this.#start = start
    this.#restore = restore
  }

  /**
   * The object from which the worker reads its options. It inherits from the user's object, which
   * may have inherited and computed properties: their getters get that object as `this`, since they may
   * use its private fields. Node clones the environment data after it has read the last option,
   * `workerData`.
   */
  optionsFrom(options: WorkerOptions, replace: WorkerOptions): WorkerOptions {
    const { port, output } = this.#start
    const ports = output === undefined ? [port] : [port, output.port]
    const make = (): void => {
      this.#make()
    }
    const readStream = (name: StreamName): boolean | undefined => {
      const value = options[name]
      if (Boolean(value)) this.#captured.add(name)
      return value
    }
    const ours: WorkerOptions = {
      // Bun reads argv, env and others only if they are own properties.
      ...(isBun ? options : undefined),
      ...replace,
      get stdout() {
        return readStream('stdout')
      },
      get stderr() {
        return readStream('stderr')
      },
      get transferList() {
        return [...Array.from(options.transferList ?? []), ...ports]
      },
      get workerData() {
        const data: unknown = options.workerData
        make()
        return data
      },
    }
    const get = (own: object, key: PropertyKey): unknown => Reflect.get(own, key)
    const inherited = new Proxy(options, { get })
    return Object.create(inherited, Object.getOwnPropertyDescriptors(ours)) as WorkerOptions
  }

  #make(): void {
    // Bun reads workerData twice.
    if (this.#isMade) return
    const withdraw = (): void => {
      this.withdraw()
    }
    const { port, output, ...start } = this.#start
    const streams = STREAM_NAMES.filter((name) => !this.#captured.has(name))
    this.#outer = getEnvironmentData(START_KEY) as object | undefined
    this.#isMade = true
    const once = {
      // First: the clone of a task's arguments may run getters of the user.
      get port() {
        withdraw()
        return port
      },
      ...start,
      restore: this.#restore,
      output: output === undefined ? undefined : { ...output, streams },
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
 * By NODE_OPTIONS, the usual way: the thread inherits the parent's flags even if the user gives an
 * execArgv. The preload comes before a user's preload, which may throw.
 */
function byNodeOptions(userEnv: NodeJS.ProcessEnv | null | undefined): StartOptions {
  // Not by spread syntax, which takes twice as long.
  const env: NodeJS.ProcessEnv = Object.assign({}, userEnv ?? process.env)
  const nodeOptions = env['NODE_OPTIONS']
  const quoted = PRELOAD.replace(/[\\"]/g, '\\$&')
  env['NODE_OPTIONS'] = `--require "${quoted}" ${nodeOptions ?? ''}`.trimEnd()
  return { replace: { env }, restore: { nodeOptions } }
}

/**
 * By execArgv, for a thread that shares its parent's env, or whose NODE_OPTIONS Node refuses. A
 * thread with an execArgv inherits no flags, so this passes the parent's flags, except for those
 * that Node refuses for threads.
 */
function byExecArgv<T>(options: WorkerOptions, tryStart: (options: StartOptions) => T): T {
  const own = options.execArgv
  const restore = { execArgv: own ?? process.execArgv }
  let execArgv = [...restore.execArgv]
  for (;;) {
    try {
      return tryStart({ replace: { execArgv: ['--require', PRELOAD, ...execArgv] }, restore })
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
 * Throws if Bun cannot find the script. Bun looks for it before it runs the preload, and reports a
 * missing script to the parent's loop only, so that a blocked join would hang.
 */
export function resolveBunScript(script: string | URL, options: WorkerOptions): void {
  const { Bun } = globalThis as { Bun?: { resolveSync(script: string, from: string): string } }
  if (Bun === undefined || options.eval === true) return
  const url = /^[a-z]{2,}:/i.test(String(script))
  if (url && !/^file:/i.test(String(script))) return
  const file = url ? fileURLToPath(script) : String(script)
  try {
    Bun.resolveSync(file, process.cwd())
  } catch {
    Bun.resolveSync(path.resolve(file), process.cwd())
  }
}

function byBunPreload(options: WorkerOptions): StartOptions {
  const { preload = [] } = options as { preload?: string | string[] }
  const replace = { preload: [PRELOAD, ...[preload].flat()] }
  return { replace: replace as WorkerOptions, restore: undefined }
}

function isInvalidExecArgv(error: unknown): error is Error {
  return (error as { code?: unknown } | null)?.code === 'ERR_WORKER_INVALID_EXEC_ARGV'
}

/** A text for the error of a thread that died before its preload had run. */
export function whyNotStarted(options: WorkerOptions): string {
  const root = path.join(__dirname, '../..')
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
    const { env, execArgv = [] }: { env?: WorkerOptions['env'] | null } & WorkerOptions = options
    const { NODE_OPTIONS = '' } = env === SHARE_ENV ? process.env : (env ?? process.env)
    const flags = [...execArgv, NODE_OPTIONS].join(' ')
    return /(^|\s)--(experimental-)?permission(\s|=|$)/.test(flags)
  } catch {
    return false // a getter threw
  }
}
