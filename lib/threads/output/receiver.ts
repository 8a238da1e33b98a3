import type { Readable } from 'node:stream'
import { type MessagePort, receiveMessageOnPort, type Worker } from 'node:worker_threads'
import { native } from '../../binding/addon'
import {
  type Chunk,
  type Consumed,
  Drains,
  MAX_UNACKNOWLEDGED,
  type Printed,
  STREAM_NAMES,
  type StreamName,
  Word,
} from './messages'

/** What `process.stdout` is. The program may have replaced it with anything. */
interface Printer {
  readonly isTTY?: boolean
  readonly _handle?: { readonly fd?: unknown; setBlocking?(on: boolean): void } | null
}

interface Arrived extends Chunk {
  readonly stream: StreamName
}

/** The parent's end of a thread's output. */
export class OutputReceiver {
  readonly #port: MessagePort
  readonly #words: Int32Array
  readonly #streams: { readonly [name in StreamName]: Readable }
  readonly #unacknowledged = { stdout: 0, stderr: 0 }
  readonly #arrived: Arrived[] = []
  #taken = 0
  #isPushing = false

  constructor(port: MessagePort, words: Int32Array, { stdout, stderr }: Worker) {
    this.#port = port
    this.#words = words
    this.#streams = { stdout, stderr }
    for (const name of STREAM_NAMES) {
      const stream = this.#streams[name]
      const read = stream._read.bind(stream)
      stream._read = (size) => {
        this.#acknowledge(name)
        read(size)
      }
      const push = stream.push.bind(stream)
      stream.push = (chunk, encoding) => {
        // Node ends the stream: the thread has ended, or has ended its own stream.
        if (chunk === null) {
          this.#receive()
          this.#push()
        }
        return push(chunk, encoding)
      }
      const emit = stream.emit.bind(stream)
      stream.emit = (event: string, ...args: unknown[]) =>
        event === 'data'
          ? whileBlocking(process[name], words, () => emit(event, ...args))
          : emit(event, ...args)
    }
    port.on('message', (message: Printed) => {
      this.#onMessage(message)
      this.#push()
      // It asks for no more.
      if (this.#streams[message.stream].destroyed) this.#acknowledge(message.stream)
    })
    port.unref()
  }

  /**
   * Writes all that has arrived to where the streams are piped, without the event loop. Then
   * acknowledges it, last, so that a thread that prints for ever does not keep this call busy.
   *
   * @param isLast - The process ends now. A call that this one has interrupted does not go on.
   */
  drain(isLast = false): void {
    if (isLast) this.#isPushing = false
    this.#receive()
    this.#push(() => {
      for (const name of STREAM_NAMES) readAll(this.#streams[name])
    })
    for (const name of STREAM_NAMES) this.#acknowledge(name)
  }

  #receive(): void {
    for (
      let next = receiveMessageOnPort(this.#port);
      next !== undefined;
      next = receiveMessageOnPort(this.#port)
    ) {
      this.#onMessage(next.message as Printed)
    }
  }

  #onMessage({ stream, chunks, size }: Printed): void {
    Atomics.add(this.#words, Word.Received, 1)
    for (const chunk of chunks) this.#arrived.push({ stream, ...chunk })
    this.#unacknowledged[stream] += size
  }

  /**
   * Pushes what has arrived. That calls listeners of the streams, and `process.stdout.write`, which the
   * program may have replaced. If one of them waits, and so calls this function again, the outer call
   * goes on with what arrives meanwhile.
   */
  #push(print?: () => void): void {
    if (this.#isPushing) return
    this.#isPushing = true
    try {
      do {
        for (let next = this.#take(); next !== undefined; next = this.#take()) {
          const { stream, chunk, encoding } = next
          catching(() => {
            this.#streams[stream].push(chunk, encoding)
          })
        }
        print?.()
      } while (this.#arrived.length > 0)
    } finally {
      this.#isPushing = false
    }
  }

  /** The next one of `#arrived`. Array.shift() would take time that grows with the length. */
  #take(): Arrived | undefined {
    if (this.#taken < this.#arrived.length) return this.#arrived[this.#taken++]
    this.#arrived.length = 0
    this.#taken = 0
    return undefined
  }

  #acknowledge(stream: StreamName): void {
    const size = this.#unacknowledged[stream]
    if (size <= MAX_UNACKNOWLEDGED) return
    this.#unacknowledged[stream] = 0
    this.#port.postMessage({ stream, size } satisfies Consumed)
    Atomics.add(this.#words, Word.Acknowledged, 1)
    Atomics.notify(this.#words, Word.Acknowledged)
  }
}

/** Emits what is buffered. Without a listener, or after a pause(), the program reads it later. */
function readAll(stream: Readable): void {
  let left: number
  do {
    if (stream.listenerCount('data') === 0 || isPaused(stream)) return
    left = stream.readableLength
    catching(() => {
      stream.read()
    })
  } while (stream.readableLength < left)
}

/** Whether the program has paused the stream, not a pipe that waits for its destination. */
function isPaused(stream: Readable): boolean {
  const { _readableState: state } = stream as { _readableState?: { awaitDrainWriters?: unknown } }
  return stream.isPaused() && !Boolean(state?.awaitDrainWriters)
}

/**
 * Calls a function that may call the program's listeners or `write`. What they throw is uncaught, as on
 * the event loop, but does not stop the output.
 */
function catching(call: () => void): void {
  try {
    call()
  } catch (error) {
    process.nextTick(() => {
      throw error
    })
  }
}

/**
 * Calls `write` while a process that prints to a pipe waits if the pipe is full, as Node does on Windows,
 * and for files and terminals everywhere. Else Node would queue what does not fit for the event loop, and
 * lose it at the end of the process.
 */
function whileBlocking<T>(
  printer: Printer | null | undefined,
  words: Int32Array,
  write: () => T,
): T {
  const drains = Atomics.exchange(words, Word.Drains, Drains.Yes)
  const handle =
    printer?.isTTY === true || process.platform === 'win32' ? undefined : printer?._handle
  // If the program itself has made all its writes blocking, they stay so. Some do that to lose nothing at
  // process.exit().
  const wasBlocking = typeof handle?.fd === 'number' && native.isBlocking(handle.fd)
  if (!wasBlocking) handle?.setBlocking?.(true)
  try {
    return write()
  } finally {
    if (!wasBlocking) handle?.setBlocking?.(false)
    Atomics.store(words, Word.Drains, drains)
  }
}
