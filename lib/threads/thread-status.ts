import { runInThisContext } from 'node:vm'
import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import { native } from '../binding/addon'
import { COUNTER, OWNER, OWNER_NOBODY, OWNER_PARENT, viewOf } from '../binding/layout'
import { threadDied } from '../errors/errors'
import type { OutputChannel } from './output/drain'
import type { Report } from './protocol'
import { deserializeError } from './transfer/deserialize-error'

/** The error of a thread. In an object, because a thread can throw undefined. */
export interface Failure {
  readonly error: unknown
}

/** Saved when this module is loaded: a program may replace the global. Jest's jsdom has none. */
const { structuredClone: clone = runInThisContext('structuredClone') as typeof structuredClone } =
  globalThis as Partial<typeof globalThis>

/**
 * What the parent knows of one spawned thread: from the record that they share, from the thread's
 * reports, and from Node's events.
 */
export class ThreadStatus {
  /** A group that counts 1 until the thread has counted down. */
  readonly joinView: Int32Array
  readonly #record: Int32Array
  readonly #port: MessagePort
  /** The id of the parent's guard for the thread's count. */
  readonly #guard: number
  /** The text for a thread that died before its preload had run. */
  readonly #whyNotStarted: string
  /** Whether run() started the thread. */
  readonly hasTask: boolean
  /**
   * What the task has returned, if it was received. In an object, since it may be undefined. Or why
   * it could not be received.
   */
  returned: { readonly value: unknown } | { readonly unreadable: unknown } | undefined

  #reportedError: (Failure & { readonly final: boolean }) | undefined
  #reportedExit: (Report & { type: 'exit' }) | undefined
  /** The error of the last `error` event. The program may emit one, too. */
  #event: Failure | undefined
  #terminated = false
  /** The thread ended before it took over its count. */
  #neverStarted = false
  /** From the exit event, which comes last. */
  #exitCode: number | undefined
  #diedSilently: Failure | undefined

  constructor(
    readonly group: Int32Array,
    record: Int32Array,
    port: MessagePort,
    guard: number,
    whyNotStarted: string,
    hasTask: boolean,
    readonly output: OutputChannel | undefined,
  ) {
    this.joinView = viewOf(record.buffer as SharedArrayBuffer)
    this.#record = record
    this.#port = port
    this.#guard = guard
    this.#whyNotStarted = whyNotStarted
    this.hasTask = hasTask
  }

  /** Whether a promise wait of this thread is pending on the thread or its group. */
  get isAwaited(): boolean {
    return native.isAwaited(this.group) || native.isAwaited(this.joinView)
  }

  get hasCountedDown(): boolean {
    return Atomics.load(this.joinView, COUNTER) <= 0
  }

  /**
   * Whether nobody owns the thread's count any more. Becomes true just before the count goes down,
   * so that every waiter that this releases sees true.
   */
  get isReleased(): boolean {
    return Atomics.load(this.#record, OWNER) === OWNER_NOBODY
  }

  /** Whether the parent still owns the thread's count. */
  get isStarting(): boolean {
    return Atomics.load(this.#record, OWNER) === OWNER_PARENT
  }

  /** undefined while the thread runs. Before Node's exit event, from the thread's report. */
  get exitCode(): number | undefined {
    const ended = this.#receive()
    return this.#exitCode ?? (ended ? (this.#reportedExit?.code ?? 1) : undefined)
  }

  /** undefined while the thread runs, and if it did not fail. */
  get failure(): Failure | undefined {
    if (!this.#receive()) return undefined
    if (this.#reportedError?.final === true) return this.#reportedError
    if (this.#reportedExit?.clean === true) return undefined
    if (this.#event !== undefined) return this.#event
    if (this.#terminated) return undefined
    if (this.#reportedError !== undefined) return this.#reportedError
    // Node emits no error for a thread that dies this early, of a wrong flag for example.
    if (this.#exitCode !== undefined && !(this.#neverStarted && this.#exitCode !== 0))
      return undefined
    this.#diedSilently ??= {
      error: threadDied(this.#neverStarted ? this.#whyNotStarted : undefined),
    }
    return this.#diedSilently
  }

  /** Why the task of a thread that has ended, and has not failed, has not returned. */
  get whyNotReturned(): string {
    const code = `exit code ${this.exitCode}`
    if (this.#terminated) return 'was terminated before its function returned'
    switch (this.#reportedExit?.called) {
      case true:
        return `called process.exit() before its function returned (${code})`
      case false:
        return (
          `ended before its function returned (${code}): the function awaits a promise that nothing ` +
          'is left to settle, or an uncaught error was handled'
        )
      default:
        return `ended before its function returned (${code})`
    }
  }

  onErrorEvent(error: unknown): void {
    this.#event = { error }
  }

  onExitEvent(code: number): void {
    this.#releaseFromParent()
    this.#receive()
    this.#exitCode = code
    this.#port.close()
    this.output?.close()
  }

  onTerminate(): void {
    if (!this.isReleased) this.#terminated = true
    // Does nothing if the thread owns its count.
    native.release(this.#guard)
  }

  /**
   * Counts down for a thread that has ended without taking over its count. Needs no event loop.
   *
   *   T1 (the parent)                          T2 (the thread)
   *                                            a: owner: parent -> thread
   *   b: sees the port closed                  c: its port closes, with its environment
   *   d: owner: parent -> nobody
   *
   * b comes after c, and c after a. So if T2 takes over at all, d finds that and does nothing.
   *
   * @returns whether the thread has ended.
   */
  releaseIfGone(): boolean {
    this.#receive()
    if (!isClosed(this.#port)) return false
    this.#releaseFromParent()
    return true
  }

  /** Counts down if the parent owns the count. Requires: the thread has ended. */
  #releaseFromParent(): void {
    if (this.isStarting) this.#neverStarted = true
    native.release(this.#guard)
  }

  /** Receives the thread's reports. @returns whether the thread has ended. */
  #receive(): boolean {
    if (this.#exitCode !== undefined) return true
    // Read before the port: reports that the thread sent before its release have then arrived.
    const released = this.isReleased
    for (;;) {
      const received = this.#receiveOne()
      if (received === undefined) return released
      this.#onReport(received.message)
    }
  }

  #receiveOne(): { message: Report | undefined } | undefined {
    try {
      return receiveMessageOnPort(this.#port)
    } catch (error) {
      // Worker threads have more stack than the main thread. So a thread can clone a result that is
      // nested too deeply for its parent.
      if (!this.hasTask) throw error
      this.returned = { unreadable: error }
      return { message: undefined }
    }
  }

  #onReport(report: Report | undefined): void {
    if (report === undefined) return
    if (report.type === 'error') {
      this.#reportedError = { error: deserializeError(report.error), final: report.final }
    } else if (report.type === 'exit') {
      this.#reportedExit = report
    } else if (report.type === 'result') {
      this.returned = report
    } else {
      this.#reportedError = undefined
    }
  }
}

/**
 * Whether the other end of `port` is closed, which also happens when its thread ends. Requires: all
 * messages have been received. The close comes after them.
 *
 * Tries to transfer the port. Node refuses a closed port before it reads the value. If the port is
 * open, Node reads the getter, which throws and so stops the transfer.
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
