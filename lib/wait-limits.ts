import events = require('node:events')
import { performance } from 'node:perf_hooks'
import timers = require('node:timers')

// Taken now: tests replace them by clocks of their own.
const { clearTimeout, setTimeout } = timers
export const now = performance.now.bind(performance)

/** The longest time that setTimeout takes, in milliseconds; longer ones are set again. */
const MAX_TIMER = 2 ** 31 - 1

/**
 * Calls `expired` at a time of {@link now}: at once, if that has passed; never before (setTimeout may
 * be early, by part of a millisecond), however far it is.
 *
 * @returns A function that takes it back.
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
 * Calls `aborted` when the signal aborts. One listener per signal serves all its waits, so that a
 * long-lived signal collects none, and Node does not warn of a leak that is not there.
 *
 * @returns A function that takes it back.
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
    // A copy: each of them takes itself out.
    for (const aborted of [...waits]) aborted()
  }
  // Node's own way hears the abort even if an earlier listener stops its propagation.
  const disposable: object = events.addAbortListener(signal, onEvent)
  // Its only key. On Node 20 and 22 a vm context (vitest's vmThreads) has no Symbol.dispose itself.
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
