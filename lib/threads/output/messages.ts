/**
 * What a spawned thread prints, on its way to the parent.
 *
 * Node's own way needs the parent's event loop twice: to print, and to let the thread print more. A
 * thread that has printed cannot end before. So under a blocked parent nothing would be seen, and a
 * join would hang. Therefore the thread sends what it prints to a port of ours (sender.ts).
 * The parent pushes it into `thread.stdout` and `thread.stderr`, as Node does, and can do so without its
 * event loop (receiver.ts). drain.ts decides when.
 *
 * This depends on Node's streams: a worker's stdout and stderr write by `_writev`, and the parent's ends
 * are Readables whose `push` gets what arrives, and then null. test/threads/output.test.ts fails on a
 * line of Node where this has changed.
 */
import type { MessagePort } from 'node:worker_threads'

export type StreamName = 'stdout' | 'stderr'

export const STREAM_NAMES = ['stdout', 'stderr'] as const

/** The number of bytes of the words that a parent shares with its threads: see {@link Word}. */
export const WORDS_BYTES = 16

/** One write. */
export interface Chunk {
  readonly chunk: string | Uint8Array
  readonly encoding: BufferEncoding
}

/** From the thread to its parent. */
export interface Printed {
  readonly stream: StreamName
  readonly chunks: readonly Chunk[]
  readonly size: number
}

/** From the parent to the thread: it has handed on messages of this size. */
export interface Consumed {
  readonly stream: StreamName
  readonly size: number
}

/**
 * The size of the messages of one stream that may be on their way. Beyond it, the stream waits for the
 * parent, which bounds the memory of both.
 */
export const WINDOW = 1 << 20

/** The thread never waits for so little. */
export const MAX_UNACKNOWLEDGED = WINDOW / 2

/** Indexes of the words that a parent shares with its threads. */
export const Word = {
  /** Each thread raises it after it has posted a message. */
  Posted: 0,
  /** The parent raises it after it has posted that it has consumed messages. */
  Acknowledged: 1,
  /** One of {@link Drains}. */
  Drains: 2,
  /** The parent raises it when it has received a message. */
  Received: 3,
} as const

/** Whether the parent drains without its event loop. */
export const Drains = {
  No: 0,
  /** It is blocked in a wait, and so drains at each poll; or it prints. */
  Yes: 1,
  /** The same, and a thread has alerted the wait since its last poll. */
  Alerted: 2,
} as const

/** From the parent to the preload. */
export interface OutputStart {
  readonly port: MessagePort
  /** See {@link Word}. */
  readonly words: Int32Array
  /** The streams that the parent does not capture. */
  readonly streams: readonly StreamName[]
}
