import { WaitGroupError, type GroupState } from './errors'
import { Result } from './native'

const CODES = {
  [Result.NegativeCounter]: 'ERR_WAITGROUP_NEGATIVE_COUNTER',
  [Result.Misuse]: 'ERR_WAITGROUP_MISUSE',
  [Result.Reused]: 'ERR_WAITGROUP_REUSED',
  // A checkpoint ends a wait for one reason only, and after a termination no JavaScript runs.
  [Result.Interrupted]: 'ERR_WAITGROUP_DEADLOCK',
} as const

/**
 * The error for a `Result` that is one of Go's panics.
 *
 * @param from - The function in whose caller the stack begins.
 * @param state - Of the group, where the message is to show it.
 */
export function panic(
  result: keyof typeof CODES,
  from: (...args: never[]) => unknown = panic,
  state?: GroupState,
): WaitGroupError {
  const error = new WaitGroupError(CODES[result], state)
  Error.captureStackTrace(error, from)
  return error
}
