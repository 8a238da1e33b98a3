import events = require('node:events')
import { clearTimeout, now, setTimeout } from '../runtime/timers'

/** The longest time that setTimeout accepts, in milliseconds. Longer ones are set again. */
const MAX_TIMER = 2 ** 31 - 1

/**
 * Calls `expired` at `deadline`, a time of {@link now}, or at once if that has passed. Never earlier,
 * although setTimeout may be early by part of a millisecond.
 *
 * @returns A function that detaches it.
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
 * Calls `aborted` when the signal aborts. One listener per signal serves all its waits, so that Node
 * warns of no leak.
 *
 * @returns A function that detaches it.
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
  // Is called even if an earlier listener stops the event's propagation.
  const disposable: object = events.addAbortListener(signal, onEvent)
  // Its only key. On Node 20 and 22 a vm context (vitest's vmThreads) has no Symbol.dispose.
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
