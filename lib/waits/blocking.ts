import { isMainThread } from 'node:worker_threads'
import { native } from '../binding/addon'
import { COUNTER } from '../binding/layout'
import { Result } from '../binding/result'
import { Shared } from '../binding/shared'
import { blockedCheck, stateOf } from '../deadlock'
import { deadlockError, throwIfPanic, type GroupState } from '../errors/errors'
import { isInspected } from '../runtime/inspector'

const ADVICE =
  'no other thread is left to call done(). wait() blocks the event loop of this thread: ' +
  'if that loop should call done(), use waitAsync()'

/** A blocked wait calls these at its polls. They must not throw. */
export const pollHooks = (new Shared<Set<() => void>>('pollHooks').value ??= new Set())

/** Called when a wait returns, also one that did not block. They must not throw. */
export const returnHooks = (new Shared<(() => void)[]>('returnHooks').value ??= [])

/**
 * Node stops the threads of this one after the other, each joined before the next is asked: so they
 * poll often from now on.
 */
function alertAtExit(): boolean {
  try {
    process.on('exit', () => {
      native.alertAll()
    })
  } catch {
    // A frozen process accepts no listener. The threads end later.
  }
  return true
}

new Shared<boolean>('alertsAtExit').value ??= alertAtExit()

/**
 * Blocks this thread until the counter of the group under `view` is zero.
 *
 * @param timeout - In milliseconds. 0 only checks the counter; `Infinity`: none.
 * @param end - A group that ends the wait once its counter is zero. It is checked at each poll.
 * @returns true if the counter was zero, false on timeout or if `end` has ended the wait.
 */
export function blockUntilZero(view: Int32Array, timeout: number, end?: Int32Array): boolean {
  if (Atomics.load(view, COUNTER) === 0) {
    if (returnHooks.length > 0) callReturnHooks()
    return true
  }
  try {
    return block(view, timeout, end)
  } finally {
    callReturnHooks()
  }
}

function callReturnHooks(): void {
  for (const hook of returnHooks) hook()
}

function callPollHooks(): void {
  for (const hook of pollHooks) hook()
}

/** The counter was just not zero. */
function block(view: Int32Array, timeout: number, end: Int32Array | undefined): boolean {
  const hasEnded = (): boolean => end !== undefined && Atomics.load(end, COUNTER) <= 0
  // A thread counts down before it ends: its own count may be the one that reached zero.
  if (hasEnded()) return Atomics.load(view, COUNTER) === 0
  const isDeadlocked = blockedCheck(timeout)
  let state: GroupState | undefined
  const shouldStop = (): boolean => {
    if (pollHooks.size > 0) callPollHooks()
    if (end !== undefined && hasEnded()) return true
    // Each message of the debugger is handled at a poll.
    if (isMainThread && isInspected()) native.alertOwn()
    if (!isDeadlocked()) return false
    // Again: the thread that ended since may have been the last one.
    if (hasEnded()) return true
    state = stateOf(view)
    return true
  }
  const result = throwIfPanic(native.wait(view, timeout, shouldStop), blockUntilZero)
  if (state === undefined || result !== Result.Interrupted) return result === Result.Ok
  throw deadlockError(state, ADVICE, blockUntilZero)
}
