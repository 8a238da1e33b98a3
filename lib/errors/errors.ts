import { inspect } from 'node:util'
import { isPanic, type Panic, Result } from '../binding/result'

/** The texts of Go's panics, by the code that this package gives them. Each begins with Go's own. */
const texts = {
  ERR_WAITGROUP_NEGATIVE_COUNTER:
    'sync: negative WaitGroup counter: done() was called more often than add()',
  ERR_WAITGROUP_MISUSE: 'sync: WaitGroup misuse: Add called concurrently with Wait',
  ERR_WAITGROUP_REUSED: 'sync: WaitGroup is reused before previous Wait has returned',
  ERR_WAITGROUP_DEADLOCK: 'all goroutines are asleep - deadlock!',
} as const

const codes = {
  [Result.NegativeCounter]: 'ERR_WAITGROUP_NEGATIVE_COUNTER',
  [Result.Misuse]: 'ERR_WAITGROUP_MISUSE',
  [Result.Reused]: 'ERR_WAITGROUP_REUSED',
} as const

/** A snapshot of a group, for the message of a deadlock. */
export interface GroupState {
  readonly count: number
  readonly waiters: number
}

/** The `code` of a {@link WaitGroupError}. */
export type WaitGroupErrorCode = keyof typeof texts

/**
 * The `code` of every error that this package throws, {@link WaitGroupErrorCode} included.
 *
 * | `code` | class | when |
 * |---|---|---|
 * | `ERR_INVALID_ARG_TYPE` | TypeError | an argument has the wrong type |
 * | `ERR_OUT_OF_RANGE` | RangeError | an argument has the right type and an impossible value |
 * | `ERR_ILLEGAL_CONSTRUCTOR` | TypeError | `new Guard()` or `new Thread()` |
 * | `ERR_WAITGROUP_THREAD_DIED` | Error | in `thread.error`: the thread died without a report |
 * | `ERR_WAITGROUP_INCOMPATIBLE_COPY` | Error | at load: another copy of this package, in the same process, has an incompatible version |
 * | `ERR_FEATURE_UNAVAILABLE_ON_PLATFORM` | Error | `spawn()` on Deno |
 */
export type ErrorCode =
  | WaitGroupErrorCode
  | 'ERR_INVALID_ARG_TYPE'
  | 'ERR_OUT_OF_RANGE'
  | 'ERR_ILLEGAL_CONSTRUCTOR'
  | 'ERR_WAITGROUP_THREAD_DIED'
  | 'ERR_WAITGROUP_INCOMPATIBLE_COPY'
  | 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM'

let newWaitGroupError: (code: WaitGroupErrorCode, details?: string) => WaitGroupError

/**
 * A use of a group that Go's rules forbid: a panic in Go.
 *
 * As in Go, nothing is rolled back: the group is in the state in which Go would leave it.
 *
 * | `code` | when |
 * |---|---|
 * | `ERR_WAITGROUP_NEGATIVE_COUNTER` | the counter went below zero |
 * | `ERR_WAITGROUP_MISUSE` | an `add` from zero raced with a `wait` |
 * | `ERR_WAITGROUP_REUSED` | the group was used again before all waiters had returned from the last `wait` |
 * | `ERR_WAITGROUP_DEADLOCK` | the counter is above zero and nothing is left that could count it down |
 *
 * @example
 * ```js
 * try {
 *   new WaitGroup().done()
 * } catch (error) {
 *   error.code // 'ERR_WAITGROUP_NEGATIVE_COUNTER'
 * }
 * ```
 */
export class WaitGroupError extends Error {
  /** Which rule was broken. */
  readonly code: WaitGroupErrorCode

  private constructor(code: WaitGroupErrorCode, details = '') {
    super(texts[code] + details)
    this.code = code
  }

  static {
    newWaitGroupError = (code, details) => new WaitGroupError(code, details)
    // On the prototype, as the built-in errors have it: not an own property, which would be cloned.
    Object.defineProperty(this.prototype, 'name', {
      value: 'WaitGroupError',
      writable: true,
      configurable: true,
    })
  }
}

/**
 * The error for a result that is one of Go's panics.
 *
 * @param from - The stack begins in the caller of this function.
 */
export function panicError(
  panic: Panic,
  from: (...args: never[]) => unknown = panicError,
): WaitGroupError {
  const error = newWaitGroupError(codes[panic])
  Error.captureStackTrace(error, from)
  return error
}

/**
 * @param from - The stack of a panic begins in the caller of this function.
 * @returns `result`, unless it is one of Go's panics, which is thrown.
 */
export function throwIfPanic(
  result: number,
  from: (...args: never[]) => unknown = throwIfPanic,
): number {
  if (isPanic(result)) throw panicError(result, from)
  return result
}

/**
 * The error for a wait that can never end.
 *
 * @param advice - What to do about it.
 * @param from - The stack begins in the caller of this function.
 */
export function deadlockError(
  state: GroupState,
  advice: string,
  from: (...args: never[]) => unknown = deadlockError,
): WaitGroupError {
  const error = newWaitGroupError('ERR_WAITGROUP_DEADLOCK', ` ${inspect(state)}: ${advice}`)
  Error.captureStackTrace(error, from)
  return error
}

/** A value in Node's words. Reading it may throw. */
function received(value: unknown): string {
  try {
    return describe(value)
  } catch {
    return `a value of type ${typeof value}`
  }
}

function describe(value: unknown): string {
  if (value == null) return String(value)
  if (typeof value === 'function')
    return value.name ? `function ${value.name}` : 'an anonymous function'
  if (typeof value === 'object') {
    const name = (value.constructor as { name?: unknown } | undefined)?.name
    return typeof name === 'string' && name !== ''
      ? `an instance of ${name}`
      : inspect(value, { depth: -1 })
  }
  let text = inspect(value, { colors: false })
  if (text.length > 28) text = `${text.slice(0, 25)}...`
  return `type ${typeof value} (${text})`
}

type ErrorWithCode<E extends Error> = E & { code: ErrorCode }

function withCode<E extends Error>(error: E, code: ErrorCode): ErrorWithCode<E> {
  return Object.assign(error, { code })
}

/**
 * `ERR_INVALID_ARG_TYPE`, in Node's own words.
 *
 * @param expected - Begins with "of type" or "an instance of".
 * @param hint - A sentence that says what to do instead, without a full stop.
 */
export function invalidArgType(
  name: string,
  expected: string,
  value: unknown,
  hint?: string,
): ErrorWithCode<TypeError> {
  const kind = name.includes('.') ? 'property' : 'argument'
  const message = `The "${name}" ${kind} must be ${expected}. Received ${received(value)}`
  return withCode(
    new TypeError(hint === undefined ? message : `${message}. ${hint}`),
    'ERR_INVALID_ARG_TYPE',
  )
}

/** `ERR_OUT_OF_RANGE`, in Node's own words. `range` completes "It must be …". */
export function outOfRange(name: string, range: string, value: unknown): ErrorWithCode<RangeError> {
  return withCode(
    new RangeError(
      `The value of "${name}" is out of range. It must be ${range}. Received ${inspect(value)}`,
    ),
    'ERR_OUT_OF_RANGE',
  )
}

/**
 * The error of a spawned thread that died without a report. Node's events may replace it later.
 *
 * @param details - Why it may have died.
 */
export function threadDied(
  details = 'It may have run out of memory, or its script has replaced process.emit',
): ErrorWithCode<Error> {
  return withCode(
    new Error(`The thread died without a report. ${details}`),
    'ERR_WAITGROUP_THREAD_DIED',
  )
}

/** For a runtime that has no preload. */
export function spawnUnavailable(runtime: string): ErrorWithCode<Error> {
  return withCode(
    new Error(
      `spawn() is not available on ${runtime}: a thread there cannot be guarded before its script ` +
        'is read, and joining it could hang. Use new Worker() with guard() in the script',
    ),
    'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM',
  )
}

export function illegalConstructor(): ErrorWithCode<TypeError> {
  return withCode(new TypeError('Illegal constructor'), 'ERR_ILLEGAL_CONSTRUCTOR')
}
