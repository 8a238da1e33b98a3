import { isBun } from './runtime'
import { shared } from './shared'
import type { ThreadRecord } from './thread-record'

/**
 * The threads of this one that have not yet taken over their counts. One that dies this early, of a
 * flag that Node refuses for example, can only be counted down by its parent. A blocked parent does
 * not get the exit event, and asks instead at each poll.
 */
const starting = new Set<ThreadRecord>()

/** How many to ask at each poll: 5 to 8 µs each, for as long as a thread starts. */
const MAX_PER_POLL = 64

export function watchStart(thread: ThreadRecord): void {
  // There, a port's end cannot be seen without an event loop.
  if (isBun) return
  starting.add(thread)
  shared.pollHooks.add(poll)
}

/** To be called once the thread is gone. */
export function unwatchStart(thread: ThreadRecord): void {
  starting.delete(thread)
  if (starting.size === 0) shared.pollHooks.delete(poll)
}

function poll(): void {
  let count = Math.min(starting.size, MAX_PER_POLL)
  for (const thread of starting) {
    if (count-- === 0) break
    starting.delete(thread)
    // Back to the end of the queue.
    if (thread.isStarting && !thread.releaseIfGone()) starting.add(thread)
  }
  if (starting.size === 0) shared.pollHooks.delete(poll)
}
