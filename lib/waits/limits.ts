import events = require('node:events')
import { clearTimeout, now, setTimeout } from '../runtime/timers'

/** The longest time that setTimeout accepts, in milliseconds. Longer waits set several timers. */
const MAX_TIMER = 2 ** 31 - 1

/**
 * Calls `expired` when {@link now} reaches `deadline`, or at once if it has. Never earlier,
 * although setTimeout may be early by part of a millisecond.
 *
 * @returns A function that removes the timer.
 */
export function onDeadline(deadline: number, expired: () => void): () => void {
  let timer: NodeJS.Timeout | undefined
  const check = (): void => {
    const left = deadline - now()
    if (left <= 0) expired()
    else timer = setTimeout(check, Math.min(Math.ceil(left), MAX_TIMER))
  }
  check()
  return () => {
    clearTimeout(timer)
  }
}

interface AbortListener {
  readonly waits: Set<() => void>
  stop(): void
}

const listeners = new WeakMap<AbortSignal, AbortListener>()

/**
 * Calls `aborted` when the signal aborts. All waits on a signal share one listener, so that Node
 * does not warn of a leak.
 *
 * @returns A function that removes `aborted`.
 */
export function onAbort(signal: AbortSignal, aborted: () => void): () => void {
  const listener = listeners.get(signal) ?? listenTo(signal)
  listener.waits.add(aborted)
  return () => {
    listener.waits.delete(aborted)
    if (listener.waits.size > 0) return
    listeners.delete(signal)
    listener.stop()
  }
}

function listenTo(signal: AbortSignal): AbortListener {
  const waits = new Set<() => void>()
  const onEvent = (): void => {
    // A copy, since each call detaches itself.
    for (const aborted of [...waits]) aborted()
  }
  // Node calls it even if an earlier listener stops the event's propagation.
  const disposable: object = events.addAbortListener(signal, onEvent)
  // Its only key: Node's Symbol.dispose, which vm contexts (vitest's) lack on Node 20 and 22.
  const [dispose = Symbol.dispose] = Object.getOwnPropertySymbols(disposable)
  const listener = {
    waits,
    stop: () => {
      ;(disposable as { [key: symbol]: () => void })[dispose]?.()
    },
  }
  listeners.set(signal, listener)
  return listener
}
