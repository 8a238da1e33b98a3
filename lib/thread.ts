import { errorMonitor } from 'node:events'
import {
  MessageChannel,
  receiveMessageOnPort,
  Worker,
  type WorkerOptions,
} from 'node:worker_threads'
import { checkSpawnOptions, checkTimeout, type WaitOptions } from './arguments'
import { blockUntilZero } from './blocking-wait'
import { HAS_COUNTED_DOWN } from './deadlock'
import { deserializeError } from './error-transfer'
import { illegalConstructor, spawnUnavailable, threadDied } from './errors'
import { CELL_BYTES, COUNTER, PHASE, PHASE_RELEASED, viewOf } from './layout'
import { native, type Outcome } from './native'
import { panic } from './panic'
import { isBun, isDeno } from './runtime'
import type { Report } from './thread-report'
import { checkBunScript, withPreload } from './thread-start'

/** What became of a thread, as far as is known. */
interface Failure {
  readonly error: unknown
  /** From the thread itself, and final; else Node's own event replaces it. */
  readonly sure: boolean
}

/** How long a thread takes at most from one count to the next, in milliseconds. */
const A_MOMENT = 100

/** Only spawn() has it, and so only spawn() can make a Thread. */
const key = Symbol('spawn')

interface Wiring {
  readonly key: symbol
  readonly group: Int32Array
  /** The whole cell, and the group at its beginning that {@link Thread.join} waits for. */
  readonly cell: Int32Array
  readonly watch: number
  readonly port: MessageChannel['port1']
}

/**
 * A thread that counts: a `Worker` in every respect, which besides can be joined, and asked what it
 * died of. {@link WaitGroup.spawn} makes them.
 *
 * What `failed`, `error` and `exitCode` say can be read right after a `wait()` or `join()`, with no
 * turn of the event loop in between. Node's `error` and `exit` events come all the same, once that
 * loop runs. An error that was read here counts as handled; one that nobody read or listened for
 * crashes the process, as in Node.
 *
 * @example
 * ```js
 * const thread = wg.spawn('./task.js')
 * wg.wait()
 * if (thread.failed) console.error(thread.error)
 * ```
 */
export class Thread extends Worker {
  readonly #group: Int32Array
  readonly #cell: Int32Array
  readonly #join: Int32Array
  readonly #watch: number
  readonly #port: MessageChannel['port1']
  #failure: Failure | undefined
  /** As reported; it is the thread's exit code once that is gone. */
  #reportedCode: number | null = null
  #exitCode: number | null = null
  /** The exit event has come: all is known. */
  #exited = false
  #terminated = false
  /** Somebody has read that the thread failed. */
  #wasRead = false

  /** @internal */
  constructor(script: string | URL, options: WorkerOptions, wiring?: Wiring) {
    if (wiring?.key !== key) throw illegalConstructor()
    super(script, options)
    this.#group = wiring.group
    this.#cell = wiring.cell
    this.#join = viewOf(wiring.cell.buffer as SharedArrayBuffer)
    this.#watch = wiring.watch
    this.#port = wiring.port
  }

  /**
   * Whether the thread died of an error: one that it threw, one that it rejected with, or a death
   * that left no report (out of memory, say). A thread that called `process.exit()` or was terminated
   * did not fail. False while it runs.
   */
  get failed(): boolean {
    return this.#read() !== undefined
  }

  /**
   * What the thread threw: an error of the same name, message, stack and properties, or whatever else
   * it threw (anything can be thrown, undefined too: ask {@link failed}). undefined where it did not
   * fail.
   */
  get error(): unknown {
    return this.#read()?.error
  }

  /** The thread's exit code, null while it runs. */
  get exitCode(): number | null {
    this.#receive()
    return this.#exitCode
  }

  /** @internal Whether the thread has counted down, whatever it has died of. */
  get [HAS_COUNTED_DOWN](): boolean {
    return Atomics.load(this.#join, COUNTER) <= 0
  }

  /**
   * Blocks until this one thread has ended and counted down.
   *
   * @param options - `timeout`, in milliseconds: how long to wait at most.
   * @returns true if the thread has ended, false if the time was up first.
   * @throws TypeError `ERR_INVALID_ARG_TYPE`, RangeError `ERR_OUT_OF_RANGE` for bad options.
   */
  join(options?: WaitOptions): boolean {
    const timeout = checkTimeout(options)
    // The thread counts down its group first, and is one moment later gone: whoever was let go by
    // that is not to find it still there.
    return blockUntilZero(this.#join, this.#released ? Math.max(timeout, A_MOMENT) : timeout)
  }

  /**
   * True once the thread is on its way to count down: it comes before that, so that whoever was let
   * go by this thread's count finds it so.
   */
  get #released(): boolean {
    return Atomics.load(this.#cell, PHASE) === PHASE_RELEASED
  }

  override terminate(): Promise<number> {
    if (!this.#released) this.#terminated = true
    // A thread that is still starting never gets to count down.
    this.#releaseWatch()
    return super.terminate()
  }

  /** Learns of the two events before anybody else does, without a listener that somebody may count. */
  override emit(event: string | symbol, ...args: unknown[]): boolean {
    if (event === 'exit') this.#onExit(args[0] as number)
    if (event === 'error') {
      this.#onError(args[0])
      if (this.#wasRead && this.listenerCount('error') === 0) {
        // Handled, by having been read. Monitors see every error.
        for (const monitor of this.listeners(errorMonitor)) monitor.apply(this, args)
        return false
      }
    }
    return super.emit(event as 'exit', ...(args as [number]))
  }

  #read(): Failure | undefined {
    this.#receive()
    if (this.#failure !== undefined) this.#wasRead = true
    return this.#failure
  }

  /** Takes in what the thread has reported up to now. */
  #receive(): void {
    if (this.#exited) return
    // First: what was reported before the thread was released is there to be received.
    const released = this.#released
    for (;;) {
      const received = receiveMessageOnPort(this.#port) as { message: Report } | undefined
      if (received === undefined) break
      this.#onReport(received.message)
    }
    if (!released || this.#exitCode !== null) return
    if (this.#reportedCode === null && !this.#terminated) {
      this.#failure ??= { error: threadDied(), sure: false }
    }
    this.#exitCode = this.#reportedCode ?? 1
  }

  #onReport(report: Report): void {
    switch (report.type) {
      case 'error':
        this.#failure = { error: deserializeError(report.error), sure: report.sure }
        break
      case 'recovered':
        if (this.#failure?.sure === false) this.#failure = undefined
        break
      case 'exit':
        // A handler of the thread's had its say, and did not let the error have it.
        if (this.#failure?.sure === false) this.#failure = undefined
        this.#reportedCode = report.code
    }
  }

  #onError(error: unknown): void {
    this.#receive()
    // The thread's own report carries more than Node's copy, and may have been read.
    if (this.#failure?.sure !== true) this.#failure = { error, sure: true }
  }

  #onExit(code: number): void {
    this.#receive()
    if (this.#failure?.sure === false) this.#failure = undefined
    this.#exited = true
    this.#exitCode = code
    this.#releaseWatch()
    this.#port.close()
    // A thread that could not load the addon has counted down without it.
    native.sweep(this.#group)
  }

  #releaseWatch(): void {
    native.release(this.#watch)
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
 *   c: terminate(), exit event, or its own
 *      end: starting -> released, counts
 *      down; from guarded: nothing
 *
 * p and c exchange the same word, so that one of them comes first. If p, r counts, since an
 * environment that has run a script runs its hooks; if c, p finds out and stops the thread.
 */
export function spawn(
  group: Int32Array,
  script: string | URL,
  options: WorkerOptions | undefined,
): Thread {
  checkSpawnOptions(options)
  if (isDeno) throw spawnUnavailable('Deno')
  if (isBun) checkBunScript(script, options)
  const cell = viewOf(new SharedArrayBuffer(CELL_BYTES), 0, CELL_BYTES)
  const watch = native.watchThread(group, cell)
  if (watch < 0) throw panic((-1 - watch) as Exclude<Outcome, undefined>)
  const { port1, port2 } = new MessageChannel()
  try {
    return withPreload(
      options ?? {},
      {
        group: group.buffer as SharedArrayBuffer,
        byteOffset: group.byteOffset,
        cell: cell.buffer as SharedArrayBuffer,
        port: port2,
      },
      (planned) => new Thread(script, planned, { key, group, cell, watch, port: port1 }),
    )
  } catch (error) {
    native.release(watch)
    port1.close()
    throw error
  }
}
