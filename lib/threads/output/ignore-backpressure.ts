import type { Writable } from 'node:stream'
import { isMainThread } from 'node:worker_threads'
import {
  apply,
  find,
  get,
  getPrototypeOf,
  ownKeys,
  symbolDescription,
} from '../transfer/primordials'
import { isBun } from '../../runtime/host'
import { STREAM_NAMES } from './messages'

type Writev = NonNullable<Writable['_writev']>

/** The description of a stream's method that Node calls when the parent asks for more. */
const ACKNOWLEDGE = 'kStdioWantsMoreDataCallback'

/**
 * Lets a worker end that has printed by Node's own way while its parent is blocked: acknowledges each
 * write at once, instead of the parent. The worker loses back-pressure. Runs once per thread.
 *
 * For the threads that spawn() does not start, and for streams that the parent captures (`stdout: true`).
 * Does nothing if Node's streams are built differently. test/threads/output.test.ts fails on a line of
 * Node where this does not work.
 *
 * @param shared - Of this thread: see binding/shared.ts.
 */
export function ignoreBackpressure(shared: { ignoresBackpressure?: boolean }): void {
  if (isMainThread || shared.ignoresBackpressure === true) return
  shared.ignoresBackpressure = true
  for (const name of STREAM_NAMES) acknowledgeAtOnce(process[name])
}

function isWritev(value: unknown): value is Writev {
  return typeof value === 'function'
}

/** @param stream - The thread's stdout or stderr. */
export function acknowledgeAtOnce(stream: Writable): void {
  const writev: unknown = get(stream, '_writev')
  if (!isWritev(writev)) return
  const isAcknowledge = (key: PropertyKey): boolean =>
    typeof key === 'symbol' && symbolDescription(key) === ACKNOWLEDGE
  const key = find(ownKeys(getPrototypeOf(stream) ?? {}), isAcknowledge)
  if (key === undefined) {
    if (isBun) stream._writev = asIfExiting(writev)
    return
  }
  const acknowledge = get(stream, key) as () => void
  stream._writev = (chunks, callback) => {
    apply(writev, stream, [chunks, callback])
    apply(acknowledge, stream, [])
  }
  // In a worker that creates its first guard after it has printed.
  apply(acknowledge, stream, [])
}

/** Bun has no method that acknowledges. But its writes do not wait while the process exits. */
function asIfExiting(writev: Writev): Writev {
  return function (this: Writable, chunks, callback) {
    const process_ = process as { _exiting?: boolean | undefined }
    const { _exiting: isExiting } = process_
    process_._exiting = true
    try {
      writev.call(this, chunks, callback)
    } finally {
      process_._exiting = isExiting
    }
  }
}
