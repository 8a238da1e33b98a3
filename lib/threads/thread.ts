import { errorMonitor } from 'node:events'
import { Worker, type WorkerOptions } from 'node:worker_threads'
import { native } from '../binding/addon'
import { HAS_COUNTED_DOWN } from '../deadlock'
import { illegalConstructor, invalidArgType, noResult } from '../errors/errors'
import { validateTimeout, type JoinAsyncOptions, type JoinOptions } from '../errors/validate'
import { blockUntilZero } from '../waits/blocking'
import { waitForZero } from '../waits/promise'
import { holdError } from './held-errors'
import { stopPolling } from './starting'
import type { ThreadStatus } from './thread-status'

/** Known to createThread() only. */
const key = Symbol('thread')

/**
 * The status of each thread whose constructor is running, the innermost last. A subscriber of the
 * `worker_threads` diagnostics channel may use such a thread.
 */
const constructing: ThreadStatus[] = []

/** @internal */
export let createThread: (
  script: string | URL,
  options: WorkerOptions,
  status: ThreadStatus,
) => Thread

/**
 * A group that counts 1 until a thread has ended. Throws if `options.thread` is not a Thread.
 *
 * @internal
 */
export let joinViewOf: (thread: unknown) => Int32Array

/**
 * A thread that a group counts: a `Worker` that can also be joined, and has the error that it died
 * of. {@link WaitGroup.spawn} and {@link WaitGroup.run} create it.
 *
 * `failed`, `error` and `exitCode` can be read right after a `wait()` or `join()`, before the event
 * loop turns. Node's `error` and `exit` events still come once the loop runs. An error that was read
 * from `error` or by `result` counts as handled. An error that is neither read nor listened for
 * crashes the process, as with any Worker. While a promise wait on the thread or its group is pending,
 * the error waits for the program: until that wait has ended and its continuation has run.
 *
 * @example
 * ```js
 * const thread = wg.spawn('./task.js')
 * wg.wait()
 * if (thread.failed) console.error(thread.error)
 * ```
 */
export class Thread<T = unknown> extends Worker {
  readonly #status: ThreadStatus
  #wasErrorRead = false

  private constructor(
    script: string | URL,
    options: WorkerOptions,
    given?: symbol,
    status?: ThreadStatus,
  ) {
    if (given !== key || status === undefined) throw illegalConstructor()
    super(script, options)
    this.#status = status
  }

  static {
    createThread = (script, options, status) => {
      constructing.push(status)
      try {
        return new Thread(script, options, key, status)
      } finally {
        constructing.splice(constructing.lastIndexOf(status), 1)
      }
    }
    joinViewOf = (thread) => {
      if (typeof thread === 'object' && thread !== null && #status in thread) {
        return thread.#status.joinView
      }
      throw invalidArgType('options.thread', 'an instance of Thread', thread)
    }
  }

  /** @throws TypeError if `thread` is not a Thread. */
  static #statusOf(thread: Thread): ThreadStatus {
    const innermost = constructing.at(-1)
    return !(#status in thread) && innermost !== undefined ? innermost : thread.#status
  }

  /**
   * Whether the thread died of an error: one that it threw, a rejection, or a death without a report
   * (out of memory, for example). A thread that called `process.exit()` or was terminated did not
   * fail. False while it runs. Reading `failed` does not handle the error.
   */
  get failed(): boolean {
    return Thread.#statusOf(this).failure !== undefined
  }

  /**
   * What the thread threw: an error of the same name, message, stack and properties, or any other
   * value, undefined included (see {@link failed}). undefined if it did not fail. An error that was
   * read here counts as handled.
   *
   * `code` of the error is `ERR_WAITGROUP_THREAD_DIED` if the thread died without a report.
   */
  get error(): unknown {
    const failure = Thread.#statusOf(this).failure
    if (failure !== undefined && #wasErrorRead in this) this.#wasErrorRead = true
    return failure?.error
  }

  /**
   * The thread's exit code; null while it runs. Of a thread that was terminated before it had begun: 1,
   * then 0, as Node's `exit` event has it.
   */
  get exitCode(): number | null {
    return Thread.#statusOf(this).exitCode ?? null
  }

  /**
   * What the function of {@link WaitGroup.run} returned, as the structured clone copies it. It can be
   * read right after a `wait()` or `join()`, and their promises.
   *
   * @throws The thread's own {@link error}, if the thread failed. It counts as handled.
   * @throws Error `ERR_WAITGROUP_NO_RESULT` if the thread has not ended, has ended without returning,
   * or was started by {@link WaitGroup.spawn}.
   * @example wg.wait(), console.log(threads.map((thread) => thread.result))
   */
  get result(): T {
    const status = Thread.#statusOf(this)
    const { exitCode } = status
    if (status.failure !== undefined) throw this.error
    if (!status.hasTask) throw noResult('was started by spawn(). run() calls a function')
    if (exitCode === undefined) throw noResult('has not ended. Wait for it first')
    const { returned } = status
    if (returned !== undefined) {
      if ('value' in returned) return returned.value as T
      throw noResult(
        `returned a value that this thread cannot read: ${String(returned.unreadable)}`,
      )
    }
    throw noResult(status.whyNotReturned)
  }

  /** @internal Whether the thread has counted down. */
  get [HAS_COUNTED_DOWN](): boolean {
    return Thread.#statusOf(this).hasCountedDown
  }

  /**
   * Blocks until this thread has ended and counted down.
   *
   * @param options - `timeout`: the longest time to wait, in milliseconds. 0 polls. At a time-out the
   * result may be true just before the thread's group has counted down.
   * @returns true if the thread has ended, false on timeout.
   * @throws TypeError `ERR_INVALID_ARG_TYPE`, RangeError `ERR_OUT_OF_RANGE` for bad options.
   * @example if (!thread.join({ timeout: 10_000 })) void thread.terminate()
   */
  join(options?: JoinOptions): boolean {
    const timeout = validateTimeout(options)
    const status = Thread.#statusOf(this)
    // The thread counts down its group before its own join counter. A caller that was released by
    // the first must not see the second still at 1.
    return blockUntilZero(status.joinView, timeout) || status.isReleased
  }

  /**
   * Waits until this thread has ended and counted down. Blocks no thread.
   *
   * @param options - `timeout`: the longest time to wait, in milliseconds. `signal`: an AbortSignal
   * that ends the wait early.
   * @returns a promise: true if the thread has ended, false on timeout.
   * @throws `signal.reason` (as a rejection, like the next), when the signal aborts.
   * @throws TypeError `ERR_INVALID_ARG_TYPE`, RangeError `ERR_OUT_OF_RANGE` for bad options.
   * @example await thread.joinAsync({ signal: AbortSignal.timeout(10_000) })
   */
  async joinAsync(options?: JoinAsyncOptions): Promise<boolean> {
    const status = Thread.#statusOf(this)
    return (await waitForZero(status.joinView, options)) || status.isReleased
  }

  /** As a Worker's. A wait that blocks the thread ends at once. */
  override terminate(): Promise<number> {
    Thread.#statusOf(this).onTerminate()
    const terminated = super.terminate()
    // If the thread is blocked, it sees at its next poll that it was terminated.
    native.alertAll()
    return terminated
  }

  /** Intercepts `exit` and `error` before any listener, without changing listenerCount(). */
  override emit(event: string | symbol, ...args: unknown[]): boolean {
    if (event === 'exit') {
      const status = Thread.#statusOf(this)
      status.onExitEvent(args[0] as number)
      stopPolling(status)
    }
    const emit = (): boolean => super.emit(event as 'exit', ...(args as [number]))
    if (event !== 'error') return emit()
    Thread.#statusOf(this).onErrorEvent(args[0])
    return Thread.#emitError(this, args, emit)
  }

  /** An error without a listener is held while the program awaits the thread. */
  static #emitError(thread: Thread, args: unknown[], emit: () => boolean): boolean {
    const isRead = #wasErrorRead in thread && thread.#wasErrorRead
    const isAwaited = Thread.#statusOf(thread).isAwaited
    if (thread.listenerCount('error') > 0 || !(isRead || isAwaited)) return emit()
    // Monitors see every error. Now, since Node removes all listeners after the exit event.
    const monitors = thread.listeners(errorMonitor) as ((...args: unknown[]) => void)[]
    for (const monitor of monitors) monitor.apply(thread, args)
    const emitLater = (): void => {
      if (thread.#wasErrorRead) return
      if (Thread.#statusOf(thread).isAwaited) {
        holdError(emitLater)
        return
      }
      for (const monitor of monitors) thread.off(errorMonitor, monitor)
      emit()
    }
    if (!isRead) holdError(emitLater)
    return false
  }
}
