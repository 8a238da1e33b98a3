import type { Writable } from 'node:stream'
import { isMainThread } from 'node:worker_threads'
import { STREAM_NAMES, type StreamName } from './messages'

/** The description of a stream's method that Node calls when the parent asks for more. */
const ACKNOWLEDGE = 'kStdioWantsMoreDataCallback'

type WorkerStream = Writable & { [acknowledge: symbol]: () => void }

/**
 * Lets a worker end that has printed by Node's own way while its parent is blocked: acknowledges each
 * write at once, instead of the parent. The worker loses back-pressure. Runs once per thread.
 *
 * For the threads that spawn() does not start, and for streams that the parent captures (`stdout: true`).
 * Does nothing if Node's streams are built differently. test/threads/output.test.ts fails on a line of
 * Node where this does not work.
 *
 * @param shared - Of this thread: see binding/shared.ts.
 * @param except - The streams that sender.ts has replaced.
 */
export function ignoreBackpressure(
  shared: { ignoresBackpressure?: boolean },
  except: readonly StreamName[] = [],
): void {
  if (isMainThread || shared.ignoresBackpressure === true) return
  shared.ignoresBackpressure = true
  for (const name of STREAM_NAMES)
    if (!except.includes(name)) acknowledgeAtOnce(process[name] as unknown as WorkerStream)
}

function acknowledgeAtOnce(stream: WorkerStream): void {
  const writev = stream._writev?.bind(stream)
  const symbols = Object.getOwnPropertySymbols(Object.getPrototypeOf(stream))
  const acknowledge = symbols.find(({ description }) => description === ACKNOWLEDGE)
  if (writev === undefined || acknowledge === undefined) return
  stream._writev = (chunks, callback) => {
    writev(chunks, callback)
    stream[acknowledge]?.()
  }
  // In a worker that creates its first guard after it has printed.
  stream[acknowledge]?.()
}
