import type { Readable } from 'node:stream'
import { type MessagePort, receiveMessageOnPort, type Worker } from 'node:worker_threads'
import {
  type Chunk,
  type Consumed,
  MAX_UNACKNOWLEDGED,
  type Printed,
  STREAM_NAMES,
  type StreamName,
  Word,
} from './messages'

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
        event === 'data' ? whileBlocking(name, () => emit(event, ...args)) : emit(event, ...args)
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
   */
  drain(): void {
    this.#receive()
    this.#push(() => {
      for (const name of STREAM_NAMES) {
        const stream = this.#streams[name]
        // Without a listener, the program reads it later.
        if (stream.listenerCount('data') > 0) while (stream.read() !== null);
      }
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
          this.#streams[next.stream].push(next.chunk, next.encoding)
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

/**
 * Calls `write` while a process that prints to a pipe waits if the pipe is full, as Node does on Windows,
 * and for files and terminals everywhere. Else Node would queue what does not fit for the event loop, and
 * lose it at the end of the process.
 */
function whileBlocking<T>(name: StreamName, write: () => T): T {
  const stream: { isTTY?: boolean; _handle?: { setBlocking?(on: boolean): void } | null } =
    process[name]
  if (stream.isTTY === true || process.platform === 'win32') return write()
  stream._handle?.setBlocking?.(true)
  try {
    return write()
  } finally {
    stream._handle?.setBlocking?.(false)
  }
}
