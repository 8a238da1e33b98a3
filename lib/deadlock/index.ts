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
 * Whether this thread checks waits without limits for deadlock. The main thread of plain Node does:
 * its own workers are the only other threads. Workers do not, because their parent can always act.
 * Other runtimes do not, because their threads are not known.
 *
 * A report turns a program that hangs for ever into one that fails. A program that could continue
 * must never get one: if unsure, do not report.
 */
export const reportsDeadlocks =
  isMainThread && isPlainNode && process.env['FUTEX_WAITGROUP_NO_DEADLOCK_REPORT'] !== '1'

if (reportsDeadlocks && sharedWorkers.value === undefined) {
  sharedLoop.value = native.watchLoop()
  recordWorkers()
}

/**
 * The poll at which a blocked wait makes its first check, after 0.2 seconds. A check costs more than a
 * poll.
 */
const FIRST_CHECKED_POLL = 8

const never = (): boolean => false

/**
 * @param timeout - In milliseconds. Only a wait without one, which is `Infinity`, is checked.
 * @returns a function that tells whether the wait can never end. Call it at each of its polls.
 */
export function blockedCheck(timeout: number): () => boolean {
  if (!reportsDeadlocks || timeout !== Infinity) return never
  let polls = 0
  return () => ++polls >= FIRST_CHECKED_POLL && checks().isDeadlocked()
}

/** The group under `view`, for the message of a report. */
export function stateOf(view: Int32Array): GroupState {
  return { count: Atomics.load(view, COUNTER), waiters: Atomics.load(view, WAITERS) >>> 0 }
}
