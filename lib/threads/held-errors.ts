import { AsyncResource } from 'node:async_hooks'
import { setImmediate } from '../runtime/timers'
import { waitEndHooks } from '../waits/pending'

/**
 * The `error` events of threads that the program awaits: each waits for the program to read the error.
 * Calling one emits the event later, drops it if the error was read, or holds it again.
 */
const held = new Set<() => void>()

/** Holds an event until a promise wait of this thread has ended, and the turn of its continuation. */
export function holdError(emit: () => void): void {
  // Each in a turn of its own, since each may throw, and in the async context of the event.
  held.add(AsyncResource.bind(() => setImmediate(emit)))
  waitEndHooks.add(onWaitEnd)
}

function onWaitEnd(): void {
  waitEndHooks.delete(onWaitEnd)
  // After the continuation of the wait, which runs in this turn of the loop.
  setImmediate(() => {
    for (const emitLater of held) emitLater()
    held.clear()
  })
}
