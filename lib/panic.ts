import { WaitGroupError } from './errors'
import { Result } from './native'

const CODES = {
  [Result.NegativeCounter]: 'ERR_WAITGROUP_NEGATIVE_COUNTER',
  [Result.Misuse]: 'ERR_WAITGROUP_MISUSE',
  [Result.Reused]: 'ERR_WAITGROUP_REUSED',
} as const

/** The error for a `Result` that is one of Go's panics. Its stack begins in the caller. */
export function panic(result: Exclude<Result, undefined>): Error {
  const error =
    result === Result.TimedOut || result === Result.Interrupted
      ? // Never seen: a wait answers the first itself, and after the second, which means that the
        // thread is being terminated, no JavaScript runs any more.
        new Error(`futex-waitgroup: unexpected native result ${result}`)
      : new WaitGroupError(CODES[result])
  Error.captureStackTrace(error, panic)
  return error
}
