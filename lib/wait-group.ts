import { inspect, types } from 'node:util'
import type { WorkerOptions } from 'node:worker_threads'
import {
  checkDelta,
  checkPlace,
  checkSignal,
  checkTask,
  checkTimeout,
  isThenable,
  type WaitAsyncOptions,
  type WaitOptions,
} from './arguments'
import { blockUntilZero } from './blocking-wait'
import { invalidArgType } from './errors'
import { createGuard, type Guard } from './guards'
import { BYTES, COUNTER, viewOf, WAITERS } from './layout'
import { native, type Handle } from './native'
import { panic } from './panic'
import { waitForZero } from './promise-wait'
import { spawn, type Thread } from './thread'

/** One on the counter, in the 64-bit state; and the greatest counter of all. */
const ONE = 1n << 32n
const TWO = 2n << 32n
const MAX = (2n ** 31n - 1n) << 32n

/** What {@link WaitGroup.from} takes: a group, its memory, or what `postMessage` makes of a group. */
export type SharedWaitGroup =
  | WaitGroup
  | SharedArrayBuffer
  | { readonly buffer: SharedArrayBuffer; readonly byteOffset?: number }

/**
 * A WaitGroup waits for a collection of tasks to finish, in whatever threads they run.
 *
 * It is a counter in shared memory. Call {@link add} to set the number of tasks to wait for; each
 * task calls {@link done} when it has finished; meanwhile {@link wait} blocks until all of them
 * have. The semantics are those of Go's `sync.WaitGroup` (Go 1.20 to 1.24, and {@link go} of
 * Go 1.25), its panics included, which are thrown as {@link WaitGroupError}.
 *
 * The counter is a 32-bit integer and wraps as Go's does. If it becomes zero, all waiters are
 * released. If it goes negative, `add` throws. As in Go, calls of `add` with a positive delta that
 * occur when the counter is zero must happen before a `wait`; and if a group is reused for several
 * rounds of waiting, new calls of `add` must happen after all previous waits have returned.
 *
 * What a thread did before `done()` has happened before what another does after the `wait()` that
 * this call let return, for plain writes to shared memory too.
 *
 * A group is 16 bytes of a `SharedArrayBuffer`, all zero at first. It travels to other threads by
 * `postMessage` and `workerData`, where {@link WaitGroup.from} takes it up. It cannot be copied,
 * only named again.
 *
 * @example
 * ```js
 * const wg = new WaitGroup()
 * for (const file of files) {
 *   wg.add()
 *   new Worker('./task.js', { workerData: { wg, file } }) // calls WaitGroup.from(workerData.wg).done()
 * }
 * wg.wait()
 * ```
 */
export class WaitGroup {
  /** The bytes of one group: 16. */
  static readonly BYTES = BYTES

  /** The memory of the group. Own and enumerable, so that `postMessage` carries it. */
  declare readonly buffer: SharedArrayBuffer

  /** Where in {@link buffer} the group begins, in bytes: a multiple of 8. */
  declare readonly byteOffset: number

  readonly #view: Int32Array
  readonly #state: BigInt64Array
  readonly #handle: Handle

  /**
   * @param buffer - The memory to use, with whatever group is in it; all zero is a new group. None:
   * the group gets memory of its own.
   * @param byteOffset - Where the group begins in `buffer`, in bytes: a multiple of 8. Default 0.
   * @throws TypeError `ERR_INVALID_ARG_TYPE` if `buffer` is not a SharedArrayBuffer, or
   * `byteOffset` not a number.
   * @throws RangeError `ERR_OUT_OF_RANGE` if no 16 aligned bytes are there.
   */
  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(BYTES), byteOffset = 0) {
    checkPlace(buffer, byteOffset)
    Object.defineProperty(this, 'buffer', { value: buffer, enumerable: true })
    Object.defineProperty(this, 'byteOffset', { value: byteOffset, enumerable: true })
    this.#view = viewOf(buffer, byteOffset)
    this.#state = new BigInt64Array(buffer, byteOffset, 1)
    this.#handle = native.handle(this.#view)
  }

  /**
   * Takes up a group that came from another thread, or from anywhere else.
   *
   * @param shared - A group (returned as it is), its `SharedArrayBuffer`, or an object with
   * `buffer` and `byteOffset`, which is what a group becomes by `postMessage`.
   * @throws TypeError, RangeError as the constructor does.
   * @example
   * ```js
   * const wg = WaitGroup.from(workerData.wg)
   * ```
   */
  static from(shared: SharedWaitGroup): WaitGroup {
    if (WaitGroup.#is(shared)) return shared
    if (types.isSharedArrayBuffer(shared)) return new WaitGroup(shared)
    // What arrived by a message can be anything, whatever its type says.
    const place = shared as { buffer?: unknown; byteOffset?: unknown } | null | undefined
    if (typeof place !== 'object' || place === null) {
      throw invalidArgType(
        'shared',
        'an instance of WaitGroup, SharedArrayBuffer or object',
        shared,
      )
    }
    const { buffer, byteOffset = 0 } = place
    checkPlace(buffer, byteOffset, place)
    return new WaitGroup(buffer, byteOffset as number)
  }

  /** A group itself: not a proxy of one, nor an object that only inherits. */
  static #is(value: unknown): value is WaitGroup {
    return typeof value === 'object' && value !== null && #view in value
  }

  /** The counter: a snapshot, other threads may be changing it. Negative after a panic only. */
  get count(): number {
    return Atomics.load(this.#view, COUNTER)
  }

  /** How many waiters are counted, blocked ones and promises together: a snapshot. */
  get waiters(): number {
    return Atomics.load(this.#view, WAITERS) >>> 0
  }

  /**
   * Adds `delta`, which may be negative, to the counter. If the counter becomes zero, all waiters
   * are released.
   *
   * @param delta - An integer from -2147483648 to 2147483647. Default 1. (Go takes 64 bits and
   * drops the upper half; here they are refused.)
   * @throws WaitGroupError `ERR_WAITGROUP_NEGATIVE_COUNTER`, `ERR_WAITGROUP_MISUSE`, as Go panics.
   * @throws TypeError `ERR_INVALID_ARG_TYPE`, RangeError `ERR_OUT_OF_RANGE` for any other delta;
   * the group is unchanged.
   */
  add(delta = 1): void {
    checkDelta(delta)
    if (delta !== 1) {
      const result = native.add(this.#handle, delta)
      if (result !== undefined) throw panic(result)
      return
    }
    // The same addition in place: a call into C++ costs twice as much as all of this. Whatever
    // needs more than the addition, C++ does, from what this one addition returned.
    const old = Atomics.add(this.#state, 0, ONE)
    if (old === 0n || (old >= ONE && old < MAX)) return
    const result = native.settle(this.#handle, 1, old)
    if (result !== undefined) throw panic(result)
  }

  /**
   * Takes one from the counter: the task is finished. The same as `add(-1)`.
   *
   * @throws WaitGroupError `ERR_WAITGROUP_NEGATIVE_COUNTER`, `ERR_WAITGROUP_MISUSE`, as Go panics.
   */
  done(): void {
    // As in add(): above zero, or zero and nobody waits.
    const old = Atomics.sub(this.#state, 0, ONE)
    if (old >= TWO || old === ONE) return
    const result = native.settle(this.#handle, -1, old)
    if (result !== undefined) throw panic(result)
  }

  /**
   * Blocks this thread until the counter is zero. Any thread may block, the main thread too; its
   * event loop stands still meanwhile. `worker.terminate()` ends a blocked worker.
   *
   * @param options - `timeout`, in milliseconds: how long to wait at most.
   * @returns true if the counter was zero, false if the time was up first.
   * @throws WaitGroupError `ERR_WAITGROUP_REUSED`, as Go panics.
   * @throws TypeError `ERR_INVALID_ARG_TYPE`, RangeError `ERR_OUT_OF_RANGE` for bad options.
   * @example
   * ```js
   * while (!wg.wait({ timeout: 100 })) {
   *   process.stderr.write(`\r${wg.count} left `)
   * }
   * ```
   */
  wait(options?: WaitOptions): boolean {
    return blockUntilZero(this.#view, checkTimeout(options))
  }

  /**
   * Waits until the counter is zero, as a promise. No thread is blocked or parked for it. While it
   * is pending it keeps the event loop alive.
   *
   * @param options - `timeout`, in milliseconds: how long to wait at most. `signal`: an AbortSignal
   * that ends the wait early.
   * @returns true if the counter was zero, false if the time was up first.
   * @throws WaitGroupError (all of these are rejections) `ERR_WAITGROUP_REUSED`, as Go panics.
   * @throws `signal.reason`, when the signal aborts.
   * @throws TypeError `ERR_INVALID_ARG_TYPE`, RangeError `ERR_OUT_OF_RANGE` for bad options.
   * @example
   * ```js
   * server.close()
   * const finished = await requests.waitAsync({ timeout: 10_000 })
   * ```
   */
  // Not an async function: a promise of our own making would cost a second one.
  waitAsync(options?: WaitAsyncOptions): Promise<boolean> {
    try {
      const timeout = checkTimeout(options)
      const signal = checkSignal(options)
      if (signal?.aborted === true) return Promise.reject(signal.reason as unknown)
      if (Atomics.load(this.#view, COUNTER) === 0) return Promise.resolve(true)
      if (timeout === 0) return Promise.resolve(false)
      return waitForZero(this.#view, timeout, signal)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /**
   * Runs a task of this thread and counts it: up now, down once it has ended, whether it succeeded
   * or not. The task starts at once, before `go` returns, as if by Go 1.25's `WaitGroup.Go`.
   *
   * @param task - A function. If it returns a promise (or any thenable), the task ends when that
   * settles; else it has ended, and counted down, when `go` returns.
   * @returns What the task returns, or rejects with what it throws. The group has counted down
   * before.
   * @throws TypeError (a rejection) `ERR_INVALID_ARG_TYPE` if `task` is not a function.
   * @throws WaitGroupError (a rejection) as {@link add} and {@link done} do.
   * @example
   * ```js
   * for (const url of urls) void wg.go(() => download(url))
   * await wg.waitAsync()
   * ```
   */
  async go<T>(task: () => T | PromiseLike<T>): Promise<Awaited<T>> {
    checkTask(task)
    this.add()
    try {
      const result = task()
      // Go's task has ended when its function returns. So has ours, unless it returned a promise.
      return isThenable(result) ? await result : (result as Awaited<T>)
    } finally {
      this.done()
    }
  }

  /**
   * Starts a thread and counts it: up before it starts, down when it is gone, however it went. A
   * script that throws, exits, is terminated, runs out of memory, does not parse or does not exist
   * counts down all the same, so that joining it cannot hang.
   *
   * @param script - As for `new Worker`.
   * @param options - As for `new Worker`, all of them; the script finds everything as it would there.
   * @returns The thread, a `Worker` which can be joined, and asked what it died of.
   * @throws WaitGroupError `ERR_WAITGROUP_MISUSE`, as {@link add} does.
   * @throws Whatever `new Worker` throws; nothing is counted then.
   * @throws Error `ERR_FEATURE_UNAVAILABLE_ON_PLATFORM` on Deno.
   * @example
   * ```js
   * const threads = files.map((file) => wg.spawn('./task.js', { workerData: file }))
   * wg.wait()
   * for (const thread of threads) if (thread.failed) console.error(thread.error)
   * ```
   */
  spawn(script: string | URL, options?: WorkerOptions): Thread {
    return spawn(this.#view, script, options)
  }

  /**
   * Takes over one count that was added before: it goes down with {@link Guard.done}, at the end of
   * a block that declares `using`, or when this thread dies, whatever it dies of.
   *
   * For threads that were not started by {@link spawn}, in pools for example. It is the *thread*
   * whose end counts: a task that fails in a pool leaves its thread alive, and needs `using` or
   * `finally`.
   *
   * @example
   * ```js
   * // in the worker
   * const guard = WaitGroup.from(workerData.wg).guard()
   * ```
   */
  guard(): Guard {
    return createGuard(this.#view)
  }

  /** Joins at the end of a block that declares `using`: {@link wait}. */
  [Symbol.dispose](): void {
    this.wait()
  }

  /** Joins at the end of a block that declares `await using`: {@link waitAsync}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.waitAsync()
  }

  [inspect.custom](_depth: number, options: object, show: typeof inspect): string {
    if (!WaitGroup.#is(this)) return 'WaitGroup {}'
    return `WaitGroup ${show({ count: this.count, waiters: this.waiters }, options)}`
  }
}
