import { inspect } from 'node:util'
import type { WorkerOptions } from 'node:worker_threads'
import { native, nativeHandle, type Handle } from './binding/addon'
import { BYTES, COUNTER, stateViewOf, viewOf, WAITERS } from './binding/layout'
import { Result } from './binding/result'
import { add, addOne, subtractOne } from './binding/state-word'
import { invalidArgType, throwIfPanic } from './errors/errors'
import {
  isThenable,
  regionOf,
  validateDelta,
  validateRegion,
  validateTimeout,
} from './errors/validate'
import { createGuard, type Guard } from './threads/guard'
import { run, type RunArguments, spawn } from './threads/spawn'
import type { Thread } from './threads/thread'
import { endOf, type WaitAsyncOptions, type WaitOptions } from './threads/wait-options'
import { blockUntilZero } from './waits/blocking'
import { waitForZero } from './waits/promise'

/** A group, its memory, or the object that `postMessage` turns a group into. */
export type SharedWaitGroup =
  | WaitGroup
  | SharedArrayBuffer
  | {
      /** The memory. */
      readonly buffer: SharedArrayBuffer
      /** The offset of the group in it. Default 0. */
      readonly byteOffset?: number
    }

/**
 * A WaitGroup waits for a collection of tasks to finish, in any number of threads.
 *
 * It is a counter in shared memory. Call {@link add} to set the number of tasks to wait for. Each
 * task calls {@link done} when it has finished. {@link wait} blocks until all tasks have finished.
 * The semantics are those of Go's `sync.WaitGroup` (Go 1.20 to 1.24; {@link go} is Go 1.25's). Go's
 * panics are thrown as {@link WaitGroupError}.
 *
 * The counter is a 32-bit integer and wraps as Go's does. If it becomes zero, all waiters are
 * released. If it goes negative, `add` throws. As in Go, calls of `add` with a positive delta that
 * occur when the counter is zero must happen before a `wait`; and if a group is reused for several
 * rounds of waiting, new calls of `add` must happen after all previous waits have returned.
 *
 * As in Go, `done()` synchronizes before the return of any `wait()` that it lets return: what a
 * thread wrote before, plain writes to shared memory included, is visible after the `wait()`.
 *
 * A group is 16 bytes of a `SharedArrayBuffer`, zero at first. Pass it to other threads in
 * `workerData` or by `postMessage`, and receive it with {@link WaitGroup.from}. Cloning copies the
 * reference, never the state.
 *
 * @example
 * ```js
 * const wg = new WaitGroup()
 * const threads = files.map((file) => wg.spawn('./task.js', { workerData: file }))
 * wg.wait()
 * for (const thread of threads) if (thread.failed) console.error(thread.error)
 * ```
 */
export class WaitGroup {
  /** The bytes of one group: 16. */
  static readonly BYTES = BYTES
  /** The memory of the group. Own and enumerable, so that `postMessage` clones it. */
  declare readonly buffer: SharedArrayBuffer
  /** The offset of the group in {@link buffer}, in bytes: a multiple of 8. */
  declare readonly byteOffset: number
  readonly #state: BigInt64Array
  // The rest is made when first needed.
  #view: Int32Array | undefined
  #handle: Handle | undefined
  #native: object | undefined

  /**
   * @param buffer - The memory of the group. All zero is a new group. Default: new memory.
   * @param byteOffset - The offset of the group in `buffer`, in bytes: a multiple of 8. Default 0.
   * @throws TypeError `ERR_INVALID_ARG_TYPE` if an argument is of another type.
   * @throws RangeError `ERR_OUT_OF_RANGE` if `buffer` has no 16 aligned bytes there.
   */
  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(BYTES), byteOffset = 0) {
    if (arguments.length > 0) validateRegion(buffer, byteOffset)
    // Object.defineProperty() would take longer than all the rest.
    this.buffer = buffer
    this.byteOffset = byteOffset
    this.#state = stateViewOf(buffer, byteOffset)
  }

  // Static, since V8 adds private methods to each object. Callers look at #handle first, for speed.
  static #viewOf(group: WaitGroup): Int32Array {
    const state = group.#state
    return (group.#view ??= viewOf(state.buffer as SharedArrayBuffer, state.byteOffset))
  }
  static #handleOf(group: WaitGroup): Handle {
    return (group.#handle = native.handle(WaitGroup.#viewOf(group)))
  }

  /**
   * Returns the group that `shared` refers to, usually received from another thread.
   *
   * @param shared - A group, which is returned as it is; its `SharedArrayBuffer`; or an object with
   * `buffer` and `byteOffset`, as `postMessage` delivers a group.
   * @throws TypeError, RangeError as the constructor does.
   * @example const wg = WaitGroup.from(workerData.wg)
   */
  static from(shared: SharedWaitGroup): WaitGroup {
    return WaitGroup.#is(shared) ? shared : new WaitGroup(...regionOf(shared))
  }

  /** False for a proxy of a group, and for an object that inherits from one. */
  static #is(value: unknown): value is WaitGroup {
    return typeof value === 'object' && value !== null && #state in value
  }

  /** The counter. A snapshot: other threads may change it. Negative only after a panic. */
  get count(): number {
    return Atomics.load(WaitGroup.#viewOf(this), COUNTER)
  }

  /** The number of waiters: blocked threads and pending promises. A snapshot. */
  get waiters(): number {
    return Atomics.load(WaitGroup.#viewOf(this), WAITERS) >>> 0
  }

  /**
   * Adds `delta`, which may be negative, to the counter. If it becomes zero, releases all waiters.
   *
   * @param delta - An integer of 32 bits. Default 1. (Go drops the upper half of 64; this throws.)
   * @throws WaitGroupError `ERR_WAITGROUP_NEGATIVE_COUNTER`, `ERR_WAITGROUP_MISUSE`, as Go panics.
   * @throws TypeError `ERR_INVALID_ARG_TYPE`, RangeError `ERR_OUT_OF_RANGE` for any other delta;
   * the group is unchanged.
   * @example wg.add(files.length) // before the threads start that call done()
   */
  add(delta = 1): void {
    validateDelta(delta)
    const handle = this.#handle ?? WaitGroup.#handleOf(this)
    const result = delta === 1 ? addOne(this.#state, handle) : add(this.#state, handle, delta)
    if (result !== Result.Ok) throwIfPanic(result)
  }

  /**
   * Decrements the counter: a task has finished. The same as `add(-1)`. Not for a task of
   * {@link spawn}, {@link run} or {@link go}, which count down themselves.
   * @throws WaitGroupError `ERR_WAITGROUP_NEGATIVE_COUNTER`, `ERR_WAITGROUP_MISUSE`, as Go panics.
   * @example WaitGroup.from(workerData.wg).done()
   */
  done(): void {
    const result = subtractOne(this.#state, this.#handle ?? WaitGroup.#handleOf(this))
    if (result !== Result.Ok) throwIfPanic(result)
  }

  /**
   * Blocks this thread until the counter is zero. Any thread may block, including the main thread.
   * Its event loop is stopped while it blocks. `worker.terminate()` ends a blocked worker.
   *
   * @param options - `timeout`: the longest time to wait, in milliseconds. `thread`: a thread whose
   * end also ends the wait.
   * @returns true if the counter was zero, false on timeout or if `thread` ended first.
   * @throws WaitGroupError `ERR_WAITGROUP_REUSED`, as Go panics; `ERR_WAITGROUP_DEADLOCK` if nothing
   * is left that could count down.
   * @throws TypeError `ERR_INVALID_ARG_TYPE`, RangeError `ERR_OUT_OF_RANGE` for bad options.
   * @example
   * ```js
   * while (!wg.wait({ timeout: 100 })) {
   *   process.stderr.write(`\r${wg.count} left `)
   * }
   * ```
   */
  wait(options?: WaitOptions): boolean {
    return blockUntilZero(WaitGroup.#viewOf(this), validateTimeout(options), endOf(options))
  }

  /**
   * Waits until the counter is zero. Blocks no thread. A pending wait keeps the event loop alive.
   *
   * @param options - As for {@link wait}, and `signal`: an AbortSignal that ends the wait early.
   * @returns a promise: true if the counter was zero, false on timeout or if `thread` ended first.
   * @throws WaitGroupError (all of these are rejections) `ERR_WAITGROUP_REUSED`, as Go panics;
   * `ERR_WAITGROUP_DEADLOCK` if nothing is left that could count down.
   * @throws `signal.reason`, when the signal aborts.
   * @throws TypeError `ERR_INVALID_ARG_TYPE`, RangeError `ERR_OUT_OF_RANGE` for bad options.
   * @example
   * ```js
   * server.close()
   * const finished = await requests.waitAsync({ timeout: 10_000 })
   * ```
   */
  waitAsync(options?: WaitAsyncOptions): Promise<boolean> {
    try {
      return waitForZero(WaitGroup.#viewOf(this), options, endOf(options))
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /**
   * Runs a task in this thread, as Go 1.25's `WaitGroup.Go`: increments the counter, calls `task` at
   * once, and decrements the counter when the task ends or fails.
   *
   * @param task - A function. If it returns a promise, or any thenable, the task ends when that
   * settles. Else it has ended, and counted down, when `go` returns.
   * @returns The result of the task, or a rejection with its error, after the group has counted down.
   * @throws TypeError (a rejection) `ERR_INVALID_ARG_TYPE` if `task` is not a function.
   * @throws WaitGroupError (a rejection) as {@link add} and {@link done} do.
   * @example for (const url of urls) void wg.go(() => download(url)) // then: await wg.waitAsync()
   */
  async go<T>(task: () => T | PromiseLike<T>): Promise<Awaited<T>> {
    if (typeof task !== 'function') throw invalidArgType('task', 'of type function', task)
    this.add()
    try {
      const result = task()
      // Awaits only a thenable: else the counter would go down after `go` returns.
      return isThenable(result) ? await result : (result as Awaited<T>)
    } finally {
      this.done()
    }
  }

  /**
   * Starts a thread and counts it: increments the counter before the thread starts, and decrements it
   * when the thread has ended, however it ends. Waiting for it cannot hang if the script throws, exits,
   * is terminated, runs out of memory, does not parse or does not exist. The script does not call
   * `done()`: that would count down twice.
   *
   * @param script - As for `new Worker`.
   * @param options - All options of `new Worker`. The script sees them as it would there.
   * @returns A `Worker` that can be joined and has the error that it died of.
   * @throws WaitGroupError as {@link add} does.
   * @throws TypeError `ERR_INVALID_ARG_TYPE`, and the errors of `new Worker`. Then nothing has changed.
   * @throws Error `ERR_FEATURE_UNAVAILABLE_ON_PLATFORM` on Deno.
   * @example const thread = wg.spawn('./task.js', { workerData: 'a.txt' })
   */
  spawn(script: string | URL, options?: WorkerOptions): Thread {
    return spawn(WaitGroup.#viewOf(this), script, options)
  }

  /**
   * Starts a thread that calls one function of a module, and counts it as {@link spawn} does. What the
   * function returns is {@link Thread.result}. The thread lives until its event loop is empty.
   *
   * @param script - The file of the module, with its extension, as for `new Worker`; or a `data:` URL.
   * @param args - The arguments, of which the thread gets structured clones. Then the options: all of
   * `new Worker` but `eval`, and `exportName`, the name of the export. `transferList` moves arguments.
   * @typeParam F - The type of the function: types `args` and the result.
   * @throws As {@link spawn} does. A missing function is an error of the thread.
   * @example
   * ```js
   * const thread = wg.run('./sum.mjs', [[1, 2, 3]]) // export default (numbers) => …
   * wg.wait()
   * console.log(thread.result)
   * ```
   */
  run<F extends (...args: never[]) => unknown = (...args: unknown[]) => unknown>(
    script: string | URL,
    ...[args, options]: RunArguments<F>
  ): Thread<Awaited<ReturnType<F>>> {
    return run(WaitGroup.#viewOf(this), script, args, options) as Thread<Awaited<ReturnType<F>>>
  }

  /**
   * Owns one count that was added before. The guard counts down by {@link Guard.done}, at the end
   * of a block that declares it with `using`, or when this thread ends, however it ends.
   *
   * Use it in threads that {@link spawn} did not start, in pools for example. A task that fails in
   * a pool does not end its thread, so it needs `using` or `finally`.
   * @example const guard = WaitGroup.from(workerData.wg).guard() // in the worker
   */
  guard(): Guard {
    return createGuard(WaitGroup.#viewOf(this))
  }

  /**
   * This group for another addon's C and C++ threads: an external of Node-API, for `futex_waitgroup.h`
   * in the folder `require('futex-waitgroup/include').include_dir`.
   */
  get native(): object {
    return (this.#native ??= nativeHandle(WaitGroup.#viewOf(this)))
  }

  /**
   * Calls {@link wait} at the end of a block that declares the group with `using`.
   * @example using wg = new WaitGroup()
   */
  [Symbol.dispose](): void {
    this.wait()
  }

  /**
   * Calls {@link waitAsync} at the end of a block that declares the group with `await using`.
   * @example await using wg = new WaitGroup()
   */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.waitAsync()
  }

  /** @internal */
  [inspect.custom](_depth: number, options: object, show: typeof inspect): string {
    if (!WaitGroup.#is(this)) return 'WaitGroup {}'
    return `WaitGroup ${show({ count: this.count, waiters: this.waiters }, options)}`
  }
}
