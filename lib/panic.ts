import { WaitGroupError, type GroupState } from './errors'
import { Result } from './native'

const CODES = {
  [Result.NegativeCounter]: 'ERR_WAITGROUP_NEGATIVE_COUNTER',
  [Result.Misuse]: 'ERR_WAITGROUP_MISUSE',
  [Result.Reused]: 'ERR_WAITGROUP_REUSED',
} as const

/**
 * The error for a `Result` that is one of Go's panics.
 *
 * @param from - The function in whose caller the stack begins.
 */
export function panic(
  result: keyof typeof CODES,
  from: (...args: never[]) => unknown = panic,
): WaitGroupError {
  const error = new WaitGroupError(CODES[result])
  Error.captureStackTrace(error, from)
  return error
}

/**
 * The error for a wait that can never end.
 *
 * @param advice - What to do about it.
 * @param from - The function in whose caller the stack begins.
 */
export function deadlock(
  state: GroupState,
  advice: string,
  from: (...args: never[]) => unknown = deadlock,
): WaitGroupError {
  const error = new WaitGroupError('ERR_WAITGROUP_DEADLOCK', { state, advice })
  Error.captureStackTrace(error, from)
  return error
}
