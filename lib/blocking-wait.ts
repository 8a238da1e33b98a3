import { blockedCheck, stateOf } from './deadlock'
import type { GroupState } from './errors'
import { COUNTER } from './layout'
import { native, Result } from './native'
import { deadlock, panic } from './panic'
import { shared } from './shared'

const ADVICE =
  'no other thread is left to call done(). If the event loop of this one was to call it: ' +
  'wait() blocks that loop, use waitAsync()'

function never(): boolean {
  return false
}

/**
 * Blocks this thread until the counter of the group under `view` is zero.
 *
 * @param timeout - In milliseconds; `Infinity`: none. 0 polls.
 * @returns Whether zero was reached.
 */
export function blockUntilZero(view: Int32Array, timeout: number): boolean {
  if (Atomics.load(view, COUNTER) === 0) return true
  const isStuck = timeout === Infinity ? blockedCheck() : never
  let state: GroupState | undefined
  const result = native.wait(view, timeout, () => {
    for (const hook of shared.pollHooks) hook()
    if (!isStuck()) return false
    state = stateOf(view)
    return true
  })
  if (result === undefined) return true
  if (result === Result.TimedOut) return false
  if (result !== Result.Interrupted) throw panic(result, blockUntilZero)
  throw deadlock(state ?? stateOf(view), ADVICE, blockUntilZero)
}
