import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import { COUNTER, PHASE, PHASE_RELEASED, PHASE_STARTING, viewOf } from './layout'
import { native } from './native'
import { threadDied } from './errors'
import type { Report } from './thread-protocol'
import { deserializeError } from './error-transfer'

/** What a thread died of. In an object of its own, since undefined can be thrown too. */
export interface Failure {
  readonly error: unknown
}

/** Taken here: a program may replace the global. */
const clone = structuredClone

/**
 * What the parent knows of one spawned thread: by the words that they share, by the thread's
 * reports, and by Node's events.
 */
export class ThreadRecord {
  /** A group that counts 1 until the thread has counted down. */
  readonly join: Int32Array
  readonly #cell: Int32Array
  readonly #port: MessagePort
  readonly #watch: number
  /** Why the thread may not have come to its preload. */
  readonly #whyNotStarted: string

  #ownError: (Failure & { readonly final: boolean }) | undefined
  #exitReport: (Report & { type: 'exit' }) | undefined
  /** The last `error` event. Anybody can emit one. */
  #event: Failure | undefined
  #terminated = false
  /** It was gone before it took over its count. */
  #neverStarted = false
  /** By the exit event, after which there is no more to learn. */
  #exitCode: number | undefined
  #died: Failure | undefined

  constructor(cell: Int32Array, port: MessagePort, watch: number, whyNotStarted: string) {
    this.join = viewOf(cell.buffer as SharedArrayBuffer)
    this.#cell = cell
    this.#port = port
    this.#watch = watch
    this.#whyNotStarted = whyNotStarted
  }

  get hasCountedDown(): boolean {
    return Atomics.load(this.join, COUNTER) <= 0
  }

  /**
   * True from just before the thread counts down. A waiter that this thread's count releases sees
   * true.
   */
  get isReleased(): boolean {
    return Atomics.load(this.#cell, PHASE) === PHASE_RELEASED
  }

  get isStarting(): boolean {
    return Atomics.load(this.#cell, PHASE) === PHASE_STARTING
  }

  /** Node's, from the exit event on; the thread's own report before. undefined while it runs. */
  get exitCode(): number | undefined {
    const ended = this.#receive()
    return this.#exitCode ?? (ended ? (this.#exitReport?.code ?? 1) : undefined)
  }

  /** undefined while the thread runs, and where it did not fail. */
  get failure(): Failure | undefined {
    if (!this.#receive()) return undefined
    if (this.#ownError?.final === true) return this.#ownError
    if (this.#exitReport?.clean === true) return undefined
    if (this.#event !== undefined) return this.#event
    if (this.#terminated) return undefined
    if (this.#ownError !== undefined) return this.#ownError
    // Node has no error for a thread that ends so early, with a flag that is wrong for example.
    if (this.#exitCode !== undefined && !(this.#neverStarted && this.#exitCode !== 0))
      return undefined
    this.#died ??= { error: threadDied(this.#neverStarted ? this.#whyNotStarted : undefined) }
    return this.#died
  }

  onErrorEvent(error: unknown): void {
    this.#event = { error }
  }

  onExitEvent(code: number): void {
    this.#releaseUnstarted()
    this.#receive()
    this.#exitCode = code
    this.#port.close()
  }

  onTerminate(): void {
    if (!this.isReleased) this.#terminated = true
    // A thread that is still starting never gets to count down.
    native.release(this.#watch)
  }

  /**
   * Counts down for a thread that was gone before it took over its count. Needs no event loop.
   *
   *   T1 (this one)                            T2 (the thread)
   *                                            a: takes over: starting -> guarded
   *   b: sees the port closed                  c: its port closes, with its environment
   *   d: releases: starting -> released
   *
   * b comes after c, and c after a. So if T2 takes over at all, d finds it and does nothing.
   *
   * @returns whether the thread is gone.
   */
  releaseIfGone(): boolean {
    this.#receive()
    if (!isClosed(this.#port)) return false
    this.#releaseUnstarted()
    return true
  }

  /** The thread is gone. */
  #releaseUnstarted(): void {
    if (this.isStarting) this.#neverStarted = true
    native.release(this.#watch)
  }

  /** Takes in what the thread has reported up to now. @returns whether the thread has ended. */
  #receive(): boolean {
    if (this.#exitCode !== undefined) return true
    // First: what was reported before the thread was released is there to be received.
    const released = this.isReleased
    for (;;) {
      const received = receiveMessageOnPort(this.#port) as { message: Report } | undefined
      if (received === undefined) return released
      this.#onReport(received.message)
    }
  }

  #onReport(report: Report): void {
    if (report.type === 'error') {
      this.#ownError = { error: deserializeError(report.error), final: report.final }
    } else if (report.type === 'exit') {
      this.#exitReport = report
    } else {
      this.#ownError = undefined
    }
  }
}

/**
 * Whether the other end of `port` has been closed, which also happens when its thread ends. To be
 * called after all messages have been received: the close comes behind them.
 *
 * A closed port cannot be transferred, and Node looks at that first. From an open one the transfer
 * gets as far as the getter, which ends it, so that the port stays as it is.
 */
function isClosed(port: MessagePort): boolean {
  const value = {
    get stop() {
      throw new Error('The port is open')
    },
  }
  try {
    clone(value, { transfer: [port] })
  } catch (error) {
    return (error as Error).name === 'DataCloneError'
  }
  return false
}
