import path = require('node:path')
import { pathToFileURL } from 'node:url'
import { MessageChannel, type WorkerOptions } from 'node:worker_threads'
import { native } from '../binding/addon'
import { newView, RECORD_BYTES } from '../binding/layout'
import { invalidArgType, spawnUnavailable, throwIfPanic } from '../errors/errors'
import { validateOptions } from '../errors/validate'
import { isBun, isDeno } from '../runtime/host'
import { OutputChannel } from './output/drain'
import type { Task } from './protocol'
import { resolveBunScript, startWithPreload, whyNotStarted } from './start-options'
import { pollStart, stopPolling } from './starting'
import { createThread, type Thread } from './thread'
import { ThreadStatus } from './thread-status'

const RUN_TASK = path.join(__dirname, 'run-task.js')

/** All options of `new Worker` but `eval`. */
export interface RunOptions extends Omit<WorkerOptions, 'eval'> {
  /**
   * The name of the export to call. Default: `'default'`, which in CommonJS is `module.exports`, or its
   * `default` if an ES module was compiled to it.
   */
  exportName?: string | undefined
}

/** What follows the script in a call of {@link WaitGroup.run}. */
export type RunArguments<F extends (...args: never[]) => unknown> =
  [] extends Parameters<F>
    ? [args?: Readonly<Parameters<F>>, options?: RunOptions]
    : [args: Readonly<Parameters<F>>, options?: RunOptions]

/** See {@link WaitGroup.spawn}. */
export function spawn(
  group: Int32Array,
  script: string | URL,
  options: WorkerOptions = {},
): Thread {
  validateOptions(options)
  if (isBun) resolveBunScript(script, options)
  return startThread(group, script, options, undefined)
}

/** See {@link WaitGroup.run}. */
export function run(
  group: Int32Array,
  script: string | URL,
  args: readonly unknown[] = [],
  options: RunOptions = {},
): Thread {
  if (!Array.isArray(args)) throw invalidArgType('args', 'an instance of Array', args)
  validateOptions(options)
  const { exportName = 'default' } = options
  if (typeof exportName !== 'string') {
    throw invalidArgType('options.exportName', 'of type string', exportName)
  }
  const evaluates: unknown = (options as WorkerOptions).eval
  if (Boolean(evaluates)) {
    throw invalidArgType('options.eval', 'of type undefined', evaluates, 'run() calls a module')
  }
  const module = urlOf(script)
  // Without a URL, the script is one that Worker refuses: it throws Node's own error.
  if (module === undefined) return startThread(group, script, options, undefined)
  return startThread(group, RUN_TASK, options, { module, exportName, args })
}

/**
 * Starts a thread that `group` counts.
 *
 * The owner of the count is the parent, then the thread, then nobody. The owner sets nobody, by a
 * compare-and-exchange, and counts down. So exactly one side does, however the thread ends:
 *
 *   T1 (the parent)                          T2 (the thread)
 *   a: adds the count, and owns it
 *   b: constructs the worker
 *                                            p: preload: owner parent -> thread
 *                                            q: the user's script
 *                                            r: end of its environment: owner thread -> nobody,
 *                                               counts down
 *   c: terminate(), the exit event, its own
 *      end, or a poll that finds T2 gone:
 *      owner parent -> nobody, counts down;
 *      does nothing if the thread owns it
 *
 * p and c compare and exchange the same word, so one succeeds. If p does, r counts down: Node runs
 * the cleanup hooks of an environment that has run the preload. If c does, p stops the thread.
 */
function startThread(
  group: Int32Array,
  script: string | URL,
  options: WorkerOptions,
  task: Task | undefined,
): Thread {
  if (isDeno) throw spawnUnavailable('Deno')
  const record = newView(RECORD_BYTES)
  const guard = throwIfPanic(native.ownForThread(group, record))
  const { port1, port2 } = new MessageChannel()
  const why = whyNotStarted(options)
  const output = OutputChannel.create()
  const status = new ThreadStatus(group, record, port1, guard, why, task !== undefined, output)
  pollStart(status)
  try {
    const start = {
      addon: native.path,
      group: group.buffer as SharedArrayBuffer,
      byteOffset: group.byteOffset,
      record: record.buffer as SharedArrayBuffer,
      port: port2,
      output: output?.start,
      task,
    }
    const thread = startWithPreload(options, start, (prepared) =>
      createThread(script, prepared, status),
    )
    output?.connect(thread)
    return thread
  } catch (error) {
    stopPolling(status)
    native.release(guard)
    port1.close()
    output?.close()
    throw error
  }
}

/** The URL of a script that Worker accepts, by its rules: undefined for one that it refuses. */
function urlOf(script: unknown): string | undefined {
  if (isUrl(script)) return /^(file|data):$/.test(script.protocol) ? script.href : undefined
  if (typeof script !== 'string') return undefined
  if (isBun && /^[a-z]{2,}:/i.test(script)) return script
  if (!isBun && !path.isAbsolute(script) && !/^\.\.?[\\/]/.test(script)) return undefined
  return pathToFileURL(path.resolve(script)).href
}

/** By its shape, as Node does: jsdom has a `URL` of its own. What url.parse() returns is no URL. */
function isUrl(script: unknown): script is URL {
  if (typeof script !== 'object' || script === null) return false
  const { href, protocol, auth, path } = script as { readonly [name: string]: unknown }
  return Boolean(href) && Boolean(protocol) && auth === undefined && path === undefined
}
