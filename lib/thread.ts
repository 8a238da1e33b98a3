import { errorMonitor } from 'node:events'
import { MessageChannel, Worker, type WorkerOptions } from 'node:worker_threads'
import { checkSpawnOptions, checkTimeout, type WaitOptions } from './arguments'
import { blockUntilZero } from './blocking-wait'
import { HAS_COUNTED_DOWN } from './deadlock'
import { illegalConstructor, spawnUnavailable } from './errors'
import { CELL_BYTES, viewOf } from './layout'
import { native, type Outcome } from './native'
import { panic } from './panic'
import { isBun, isDeno } from './runtime'
import { unwatchStart, watchStart } from './starting-threads'
import type { ThreadStart } from './thread-protocol'
import { ThreadRecord } from './thread-record'
import { checkBunScript, whyNotStarted, withPreload } from './thread-start'

/** Only spawn() has it, and so only spawn() can make a Thread. */
const key = Symbol('spawn')

interface Wiring {
  readonly key: symbol
  readonly record: ThreadRecord
}

/**
 * The threads whose constructors run, the innermost last. User code may already get hold of them: a
 * subscriber of the `worker_threads` diagnostics channel.
 */
const constructing: ThreadRecord[] = []

/**
 * A thread that counts: a `Worker` in every respect, which besides can be joined, and asked what it
 * died of. {@link WaitGroup.spawn} makes them.
 *
 * What `failed`, `error` and `exitCode` say can be read right after a `wait()` or `join()`, with no
 * turn of the event loop in between. Node's `error` and `exit` events come all the same, once that
 * loop runs. An error that was read from `error` counts as handled; one that nobody read or listened
 * for crashes the process, as in Node.
 *
 * @example
 * ```js
 * const thread = wg.spawn('./task.js')
 * wg.wait()
 * if (thread.failed) console.error(thread.error)
 * ```
 */
export class Thread extends Worker {
  readonly #record: ThreadRecord
  /** Somebody has read what the thread died of. */
  #wasRead = false

  /** @internal */
  constructor(script: string | URL, options: WorkerOptions, wiring?: Wiring) {
    if (wiring?.key !== key) throw illegalConstructor()
    super(script, options)
    this.#record = wiring.record
  }

  /** @throws TypeError where `thread` is no Thread. */
  static #recordOf(thread: Thread): ThreadRecord {
    const innermost = constructing.at(-1)
    return !(#record in thread) && innermost !== undefined ? innermost : thread.#record
  }

  /**
   * Whether the thread died of an error: one that it threw, one that it rejected with, or a death
   * that left no report (out of memory, say). A thread that called `process.exit()` or was terminated
   * did not fail. False while it runs. To read it does not count as having handled the error.
   */
  get failed(): boolean {
    return Thread.#recordOf(this).failure !== undefined
  }

  /**
   * What the thread threw: an error of the same name, message, stack and properties, or whatever else
   * it threw (anything can be thrown, undefined too: ask {@link failed}). undefined where it did not
   * fail. An error that was read here counts as handled.
   */
  get error(): unknown {
    const failure = Thread.#recordOf(this).failure
    if (failure !== undefined && #wasRead in this) this.#wasRead = true
    return failure?.error
  }

  /** The thread's exit code, null while it runs. */
  get exitCode(): number | null {
    return Thread.#recordOf(this).exitCode ?? null
  }

  /** @internal Whether the thread has counted down, whatever it has died of. */
  get [HAS_COUNTED_DOWN](): boolean {
    return Thread.#recordOf(this).hasCountedDown
  }

  /**
   * Blocks until this one thread has ended and counted down.
   *
   * @param options - `timeout`, in milliseconds: how long to wait at most. 0 polls. At a time-out
   * the answer may be true just before the thread's group has counted down.
   * @returns true if the thread has ended, false if the time was up first.
   * @throws TypeError `ERR_INVALID_ARG_TYPE`, RangeError `ERR_OUT_OF_RANGE` for bad options.
   */
  join(options?: WaitOptions): boolean {
    const timeout = checkTimeout(options)
    const record = Thread.#recordOf(this)
    // The thread counts down its group first: whoever was let go by that must not find it alive,
    // though its own count is still to come.
    return blockUntilZero(record.join, timeout) || record.isReleased
  }

  override terminate(): Promise<number> {
    Thread.#recordOf(this).onTerminate()
    return super.terminate()
  }

  /** Takes in `exit` and `error` before any listener, without changing listenerCount(). */
  override emit(event: string | symbol, ...args: unknown[]): boolean {
    if (event === 'exit') {
      const record = Thread.#recordOf(this)
      record.onExitEvent(args[0] as number)
      unwatchStart(record)
    }
    if (event === 'error') {
      Thread.#recordOf(this).onErrorEvent(args[0])
      if (#wasRead in this && this.#wasRead && this.listenerCount('error') === 0) {
        // Handled, by having been read. Monitors see every error.
        for (const monitor of this.listeners(errorMonitor)) monitor.apply(this, args)
        return false
      }
    }
    return super.emit(event as 'exit', ...(args as [number]))
  }
}

/**
 * Starts a thread that `group` counts: see {@link WaitGroup.spawn}.
 *
 * The count goes down exactly once, whoever sees the thread's end first:
 *
 *   T1 (the parent)                          T2 (the thread)
 *   a: adds the count, watches (one call)
 *   b: constructs the worker
 *                                            p: preload: starting -> guarded
 *                                            q: the user's script
 *                                            r: environment's end: guarded -> released, counts down
 *   c: terminate(), exit event, its own
 *      end, or a poll that finds T2 gone:
 *      starting -> released, counts down;
 *      from guarded: nothing
 *
 * p and c exchange the same word, so that one of them comes first. If p, r counts, since an
 * environment that has run a script runs its hooks; if c, p finds out and stops the thread.
 */
export function spawn(
  group: Int32Array,
  script: string | URL,
  options: WorkerOptions = {},
): Thread {
  checkSpawnOptions(options)
  if (isDeno) throw spawnUnavailable('Deno')
  if (isBun) checkBunScript(script, options)
  const cell = viewOf(new SharedArrayBuffer(CELL_BYTES), 0, CELL_BYTES)
  const watch = native.watchThread(group, cell)
  if (watch < 0) throw panic((-1 - watch) as Exclude<Outcome, undefined>)
  const { port1, port2 } = new MessageChannel()
  const why = whyNotStarted(options)
  const record = new ThreadRecord(cell, port1, watch, why)
  const start: Omit<ThreadStart, 'restore'> = {
    addon: native.path,
    group: group.buffer as SharedArrayBuffer,
    byteOffset: group.byteOffset,
    cell: cell.buffer as SharedArrayBuffer,
    port: port2,
  }
  watchStart(record)
  constructing.push(record)
  try {
    return withPreload(options, start, (prepared) => new Thread(script, prepared, { key, record }))
  } catch (error) {
    unwatchStart(record)
    native.release(watch)
    port1.close()
    throw error
  } finally {
    constructing.splice(constructing.lastIndexOf(record), 1)
  }
}
