import { loopIsDone, mayHavePeers, stateOf, watchPeers } from './deadlock'
import { native, type Outcome, Result } from './native'
import { panic } from './panic'

/** How many results cross from C++ in one call: kBatch of native/addon/promises.cc. */
const BATCH = 512

/** The longest time that setTimeout takes, in milliseconds; longer ones are set again. */
const MAX_TIMER = 2 ** 31 - 1

/** A wait that C++ knows by its slot. */
class PendingWait {
  /** Ends time-out and abort listening; undefined where there is neither. */
  stop: (() => void) | undefined

  constructor(
    /** Keeps the memory alive that C++ points to. */
    readonly view: Int32Array,
    readonly resolve: (reached: boolean) => void,
    readonly reject: (reason: unknown) => void,
  ) {}

  settle(result: Outcome | 0): void {
    if (result === Result.Ok || result === 0) this.resolve(true)
    else this.reject(panic(result))
    this.finish()
  }

  /** Ends time-out and abort listening. Never throws: others are to be settled after it. */
  finish(): void {
    try {
      this.stop?.()
    } catch (error) {
      // A signal of somebody's own making. As an event listener's error: uncaught.
      process.nextTick(() => {
        throw error
      })
    }
  }
}

/** By slot. Held by C++ through `settle`, for as long as the environment lives. */
let pending: (PendingWait | undefined)[] = []
let pendingCount = 0
/** Those of them that a time-out or a signal can end. */
let limitedCount = 0
let started = false

const results = new Int32Array(2 * BATCH)

/** Called by C++ on the event loop. The continuations run after the whole batch. */
function settle(count: number): void {
  // All are taken out before the first is settled: nothing that runs meanwhile (a promise hook, say)
  // may find a slot half in use.
  const settled: [PendingWait, Outcome | 0][] = []
  for (let i = 0; i < count; i++) {
    const wait = take(results[2 * i] ?? -1)
    if (wait !== undefined) settled.push([wait, (results[2 * i + 1] ?? 0) as Outcome | 0])
  }
  for (const [wait, result] of settled) wait.settle(result)
}

function take(slot: number): PendingWait | undefined {
  const wait = pending[slot]
  if (wait === undefined) return undefined
  pending[slot] = undefined
  if (wait.stop !== undefined) limitedCount--
  if (--pendingCount === 0) {
    pending = []
    inDoubt = false
  }
  updateRef()
  return wait
}

/** The loop was empty, but something without a ref may still act: it has to be kept alive after all. */
let inDoubt = false
let holdsRef = false

/**
 * A pending wait keeps the loop alive, unless there is nobody left to end it: then the loop may end,
 * so that beforeExit can say so.
 */
function updateRef(): void {
  const hold = pendingCount > 0 && (limitedCount > 0 || inDoubt || mayHavePeers())
  if (hold === holdsRef) return
  holdsRef = hold
  native.ref(hold)
}

let turning = false

/**
 * A wait that does not keep the loop alive may have begun when the loop had already run empty, in a
 * beforeExit listener or after a report. beforeExit comes again only if the loop has run again.
 */
function turnLoop(): void {
  if (turning) return
  turning = true
  setImmediate(() => {
    turning = false
  })
}

function onBeforeExit(): void {
  if (pendingCount === limitedCount) return
  // Behind the other listeners, and behind what they defer: any of them may still start something.
  process.nextTick(() => {
    process.nextTick(reportDeadlock)
  })
}

function reportDeadlock(): void {
  if (pendingCount === 0 || limitedCount > 0) return
  if (!loopIsDone()) {
    inDoubt = true
    updateRef()
    return
  }
  // All are cancelled before the first is rejected, so that each reports the same state.
  const waits = pending.flatMap((wait, slot) =>
    wait === undefined ? [] : [{ wait, slot, state: stateOf(wait.view) }],
  )
  for (const { wait, slot, state } of waits) {
    const result = native.cancel(slot)
    take(slot)
    if (result === Result.Interrupted) wait.reject(panic(result, reportDeadlock, state))
    else wait.settle(result)
  }
}

/**
 * A promise waiter on the group under `view`, whose counter was just seen above zero.
 *
 * @param timeout - In milliseconds, above 0; `Infinity`: none.
 */
export function waitForZero(
  view: Int32Array,
  timeout: number,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    if (!started) {
      native.startPromises(settle, results)
      started = true
      watchPeers(updateRef)
      process.on('beforeExit', onBeforeExit)
    }
    // Made first: from here until it is in `pending`, nothing may throw (the stack may be at its
    // end), or C++ would be left with a waiter that nobody keeps the memory of.
    const wait = new PendingWait(view, resolve, reject)
    const slot = native.waitAsync(view)
    if (slot < 0) {
      wait.settle((-1 - slot) as Outcome | 0)
      return
    }
    pending[slot] = wait
    pendingCount++
    if (timeout !== Infinity || signal !== undefined) limit(slot, wait, timeout, signal)
    updateRef()
    if (!holdsRef) turnLoop()
  })
}

/** Ends the wait early: by time, or by signal. */
function limit(
  slot: number,
  wait: PendingWait,
  timeout: number,
  signal: AbortSignal | undefined,
): void {
  const end = (finish: () => void): void => {
    if (pending[slot] !== wait) return
    // The release may have come first; then it also decides, and its permit is taken.
    const result = native.cancel(slot)
    take(slot)
    if (result === Result.Interrupted) {
      wait.finish()
      finish()
    } else {
      wait.settle(result)
    }
  }
  const stops: (() => void)[] = []
  limitedCount++
  wait.stop = () => {
    for (const stop of stops.splice(0)) stop()
  }
  const abort = (): void => {
    end(() => {
      wait.reject(reasonOf(signal))
    })
  }
  const expire = (): void => {
    end(() => {
      wait.resolve(false)
    })
  }
  try {
    if (signal !== undefined) stops.push(onAbort(signal, abort))
    if (timeout !== Infinity) stops.push(onTimeout(timeout, expire))
    // A signal of somebody's own making, that aborts while it is listened to.
    if (signal?.aborted === true) abort()
  } catch (error) {
    // A signal of somebody's own making.
    end(() => {
      wait.reject(error)
    })
  }
}

/** What a getter of somebody's own making throws is a reason too. */
function reasonOf(signal: AbortSignal | undefined): unknown {
  try {
    return signal?.reason
  } catch (error) {
    return error
  }
}

/** setTimeout for any length, that never fires early (Node's may, by part of a millisecond). */
function onTimeout(milliseconds: number, expired: () => void): () => void {
  const deadline = performance.now() + milliseconds
  let timer: NodeJS.Timeout
  const arm = (): void => {
    const left = deadline - performance.now()
    if (left <= 0) expired()
    else timer = setTimeout(arm, Math.min(Math.ceil(left), MAX_TIMER))
  }
  timer = setTimeout(arm, Math.min(Math.ceil(milliseconds), MAX_TIMER))
  return () => {
    clearTimeout(timer)
  }
}

interface AbortListener {
  readonly waits: Set<() => void>
  readonly listen: () => void
}

const listeners = new WeakMap<AbortSignal, AbortListener>()

/**
 * Calls `aborted` when the signal aborts. One listener per signal serves all its waits, so that a
 * long-lived signal collects none, and Node does not warn of a leak that is not there.
 *
 * @returns A function that takes it back.
 */
function onAbort(signal: AbortSignal, aborted: () => void): () => void {
  const listener = listeners.get(signal) ?? listenTo(signal)
  listener.waits.add(aborted)
  return () => {
    listener.waits.delete(aborted)
    if (listener.waits.size > 0) return
    signal.removeEventListener('abort', listener.listen)
    listeners.delete(signal)
  }
}

function listenTo(signal: AbortSignal): AbortListener {
  const waits = new Set<() => void>()
  const listen = (): void => {
    // A copy: each of them takes itself out.
    for (const aborted of [...waits]) aborted()
  }
  signal.addEventListener('abort', listen)
  const listener = { waits, listen }
  listeners.set(signal, listener)
  return listener
}
