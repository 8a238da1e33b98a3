import type { Writable } from 'node:stream'
import { MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import type { Native } from '../../binding/addon'
import { append, apply, define, find, get } from '../transfer/primordials'
import {
  type Chunk,
  type Consumed,
  Drains,
  type OutputStart,
  type Printed,
  type StreamName,
  WINDOW,
  Word,
} from './messages'

/** The size of a message without its characters and bytes. */
const MESSAGE_SIZE = 256

/** How long a thread waits for a parent that is not blocked in a wait, in milliseconds. */
const PATIENCE = 100

type Method<Arguments extends unknown[]> = (this: MessagePort, ...args: Arguments) => void

// Saved before the script can replace them.
const { add, compareExchange, load, wait } = Atomics
const { max } = Math
const on = get(MessagePort.prototype, 'on') as Method<[string, (message: Consumed) => void]>
const postMessage = get(MessagePort.prototype, 'postMessage') as Method<[Printed]>
const ref = get(MessagePort.prototype, 'ref') as Method<[]>
const unref = get(MessagePort.prototype, 'unref') as Method<[]>
const receive = receiveMessageOnPort
const Bytes = Uint8Array
const startTimer = setInterval
const stopTimer = clearInterval

function isExiting(): boolean {
  return (process as { _exiting?: boolean })._exiting === true
}

/** The thread's end of its output. */
export class OutputSender {
  readonly #port: MessagePort
  readonly #words: Int32Array
  readonly #native: Pick<Native, 'alertParent' | 'alertOwn'>
  readonly #inFlight = { stdout: 0, stderr: 0 }
  /** The callbacks of writes that wait for the parent. They keep the thread alive. */
  readonly #held: { [name in StreamName]: (() => void) | undefined } = {
    stdout: undefined,
    stderr: undefined,
  }
  /** Runs while a write waits. */
  #timer: NodeJS.Timeout | undefined
  /** `Received` at the last tick of the timer. */
  #received: number | undefined
  #isListening = false
  #isEnding = false

  constructor({ port, words }: OutputStart, native: Pick<Native, 'alertParent' | 'alertOwn'>) {
    this.#port = port
    this.#words = words
    this.#native = native
  }

  /** Sends what is written to `stream`, which is the thread's stdout or stderr. */
  connect(name: StreamName, stream: Writable): void {
    stream._writev = (chunks: Chunk[], callback) => {
      this.#send(name, chunks, callback)
    }
    // While a write waits, Node's stream buffers the next ones without calling _writev.
    const write = get(stream, 'write') as (...args: unknown[]) => unknown
    const poll = (): void => {
      this.#pollHeld(name)
    }
    const newWrite = function (this: unknown, ...args: unknown[]): unknown {
      poll()
      return apply(write, this, args)
    }
    define(stream, 'write', newWrite, false)
  }

  #pollHeld(stream: StreamName): void {
    if (this.#held[stream] === undefined) return
    if (load(this.#words, Word.Drains) !== Drains.No) this.#waitForParent(stream)
    else this.#receive()
  }

  #send(stream: StreamName, chunks: readonly Chunk[], callback: () => void): void {
    const copy: Chunk[] = []
    let size = MESSAGE_SIZE
    find(chunks, ({ chunk, encoding }) => {
      // Node would clone all that the bytes are a part of: a pool, or a file of which they are a line.
      const isPart = typeof chunk !== 'string' && chunk.byteLength < chunk.buffer.byteLength
      append(copy, { chunk: isPart ? new Bytes(chunk) : chunk, encoding })
      size += chunk.length
    })
    this.#post(stream, copy, size)
    this.#inFlight[stream] += size
    if (this.#mayContinue(stream) || this.#waitForParent(stream)) callback()
    else this.#hold(stream, callback)
  }

  #mayContinue(stream: StreamName): boolean {
    return this.#inFlight[stream] <= WINDOW || this.#isEnding || isExiting()
  }

  /**
   * Blocks the thread until its parent has consumed enough, as a write to a full pipe does. So a script
   * that prints in a loop cannot fill the memory. Returns false if the parent does something else for a
   * while, since it may wait for this thread. Node's stream then buffers what the script prints.
   *
   *   T1 (this thread)                         T2 (its parent)
   *   a: reads `Acknowledged`                  d: posts what it has consumed
   *   b: receives that                         e: raises `Acknowledged`, and notifies
   *   c: waits, if `Acknowledged` is unchanged
   *
   * If d comes after b, e comes after a, so c does not wait, or is notified.
   */
  #waitForParent(stream: StreamName): boolean {
    for (;;) {
      const acknowledged = load(this.#words, Word.Acknowledged)
      this.#receive()
      if (this.#mayContinue(stream)) return true
      const result = wait(this.#words, Word.Acknowledged, acknowledged, PATIENCE)
      if (result === 'timed-out' && load(this.#words, Word.Drains) === Drains.No) return false
    }
  }

  #hold(stream: StreamName, callback: () => void): void {
    this.#held[stream] = callback
    if (!this.#isListening) {
      this.#isListening = true
      const onConsumed = (message: Consumed): void => {
        this.#onConsumed(message)
      }
      apply(on, this.#port, ['message', onConsumed])
    }
    apply(ref, this.#port, [])
    this.#timer ??= startTimer(() => {
      this.#checkParent()
    }, PATIENCE)
  }

  /**
   * Lets the thread print more, slowly, if its parent receives nothing: it is blocked, but not in a wait
   * of ours, and it may wait for the end of this thread. A parent whose event loop runs receives the
   * message that each call posts. If nobody reads the stream there, the thread waits.
   */
  #checkParent(): void {
    const before = this.#received
    this.#received = load(this.#words, Word.Received)
    if (this.#received === before && load(this.#words, Word.Drains) === Drains.No) {
      this.#inFlight.stdout = this.#inFlight.stderr = 0
      this.#release('stdout')
      this.#release('stderr')
    }
    if (this.#held.stdout !== undefined) this.#post('stdout', [], 0)
    if (this.#held.stderr !== undefined) this.#post('stderr', [], 0)
  }

  #post(stream: StreamName, chunks: readonly Chunk[], size: number): void {
    apply(postMessage, this.#port, [{ stream, chunks, size }])
    add(this.#words, Word.Posted, 1)
    const drains = compareExchange(this.#words, Word.Drains, Drains.Yes, Drains.Alerted)
    if (drains === Drains.Yes) this.#native.alertParent()
  }

  #receive(): void {
    for (let next = receive(this.#port); next !== undefined; next = receive(this.#port)) {
      this.#onConsumed(next.message as Consumed)
    }
  }

  #onConsumed({ stream, size }: Consumed): void {
    // Less if it was set to 0 meanwhile.
    this.#inFlight[stream] = max(0, this.#inFlight[stream] - size)
    if (this.#mayContinue(stream)) this.#release(stream)
  }

  #release(stream: StreamName): void {
    const callback = this.#held[stream]
    if (callback === undefined) return
    this.#held[stream] = undefined
    callback() // may hold the next one
    if ((this.#held.stdout ?? this.#held.stderr) !== undefined) return
    apply(unref, this.#port, [])
    stopTimer(this.#timer)
    this.#timer = this.#received = undefined
  }

  /** Releases what the parent has consumed. For a thread that is blocked, at each of its polls. */
  poll(): void {
    if ((this.#held.stdout ?? this.#held.stderr) === undefined) return
    this.#receive()
    this.#native.alertOwn()
  }

  /** Sends all that was written. The thread ends now. */
  flush(): void {
    this.#isEnding = true
    this.#release('stdout')
    this.#release('stderr')
  }
}
