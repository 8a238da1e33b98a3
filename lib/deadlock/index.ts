import { isMainThread } from 'node:worker_threads'
import { native } from '../binding/addon'
import { COUNTER, WAITERS } from '../binding/layout'
import type { GroupState } from '../errors/errors'
import { isPlainNode } from '../runtime/host'
import { checks } from './load'
import { sharedLoop } from './loop'
import { recordWorkers, sharedWorkers } from './workers'

export { sharedLoop } from './loop'
export { PromiseWatch, type WatchedWaits } from './promise-watch'
export { HAS_COUNTED_DOWN } from './workers'

/**
 * Whether waits without limits are checked for deadlock: in the main thread of plain Node, whose own
 * workers are the only other threads. Not in workers, whose parent can always act, nor in other
 * runtimes, whose threads are not known.
 *
 * A report turns a program that hangs for ever into one that fails. A program that could go on must
 * never get one: if unsure, do not report.
 */
export const reportsDeadlocks =
  isMainThread && isPlainNode && process.env['FUTEX_WAITGROUP_NO_DEADLOCK_REPORT'] !== '1'

if (reportsDeadlocks && sharedWorkers.value === undefined) {
  sharedLoop.value = native.watchLoop()
  recordWorkers()
}

/** A check costs more than a poll. A blocked wait makes the first one at this poll. */
const FIRST_CHECK = 10

function never(): boolean {
  return false
}

/**
 * @param timeout - In milliseconds. Only a wait without one, which is `Infinity`, is checked.
 * @returns a function to call at each poll of one blocked wait: whether that wait can never end.
 */
export function blockedCheck(timeout: number): () => boolean {
  if (!reportsDeadlocks || timeout !== Infinity) return never
  let polls = 0
  return () => ++polls >= FIRST_CHECK && checks().isDeadlocked()
}

/** The group under `view`, for the message of a report. */
export function stateOf(view: Int32Array): GroupState {
  return { count: Atomics.load(view, COUNTER), waiters: Atomics.load(view, WAITERS) >>> 0 }
}
