import { isMainThread } from 'node:worker_threads'
import type { GroupState } from '../errors'
import { COUNTER, WAITERS } from '../layout'
import { native } from '../native'
import { isPlainNode } from '../runtime'
import { shared } from '../shared'
import { checks } from './load'
import { recordWorkers } from './workers'

export { PromiseWatch, type WatchedWaits } from './promise-watch'
export { HAS_COUNTED_DOWN } from './workers'

/**
 * Whether waits without a time-out are checked for deadlock: in the main thread of plain Node, whose
 * own workers are all the other threads that there are. A worker's parent can always act, and in
 * other runtimes the other threads are not known.
 *
 * A report turns a program that hangs for ever into one that fails. It must never hit a program that
 * would go on, so in doubt no deadlock is reported.
 */
export const reportsDeadlocks =
  isMainThread && isPlainNode && process.env['FUTEX_WAITGROUP_NO_DEADLOCK_REPORT'] !== '1'

if (reportsDeadlocks && shared.workers === undefined) {
  shared.loop = native.watchLoop()
  recordWorkers()
}

/** How many polls of a blocked wait come before the first check, which costs more than a poll. */
const POLLS = 10

function never(): boolean {
  return false
}

/**
 * @returns To be called at each poll of one blocked wait without a time-out: whether that wait can
 * never end.
 */
export function blockedCheck(): () => boolean {
  if (!reportsDeadlocks) return never
  let polls = 0
  return () => ++polls >= POLLS && checks().isStuck()
}

/** The group under `view`, for the error that says so. */
export function stateOf(view: Int32Array): GroupState {
  return { count: Atomics.load(view, COUNTER), waiters: Atomics.load(view, WAITERS) >>> 0 }
}
