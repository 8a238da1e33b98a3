import { isBun } from '../runtime/host'
import { pollHooks } from '../waits/blocking'
import type { ThreadStatus } from './thread-status'

/**
 * The threads that have not yet taken over their counts: see native/addon/thread_record.h. If one
 * dies this early, of a flag that Node refuses for example, its parent counts down. A blocked parent
 * gets no exit event, so it checks these threads at each poll.
 */
const starting = new Set<ThreadStatus>()

/** The number of threads to check at each poll. A check takes 5 to 8 µs. */
const MAX_PER_POLL = 64

/** Begins to poll a thread. Polling ends once the thread has taken over its count. */
export function pollStart(thread: ThreadStatus): void {
  // On Bun the end of a port cannot be seen without an event loop.
  if (isBun) return
  starting.add(thread)
  pollHooks.add(poll)
}

export function stopPolling(thread: ThreadStatus): void {
  starting.delete(thread)
  if (starting.size === 0) pollHooks.delete(poll)
}

function poll(): void {
  let count = Math.min(starting.size, MAX_PER_POLL)
  for (const thread of starting) {
    if (count-- === 0) break
    starting.delete(thread)
    // Moves to the end of the queue.
    if (thread.isStarting && !thread.releaseIfGone()) starting.add(thread)
  }
  if (starting.size === 0) pollHooks.delete(poll)
}
