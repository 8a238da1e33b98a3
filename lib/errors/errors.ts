import { inspect } from 'node:util'
import { isPanic, type Panic, Result } from '../binding/result'

/** The messages, by code. Each begins with Go's text. */
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

/** The `code` of every error that this package throws. */
export type ErrorCode =
  | WaitGroupErrorCode
  /** TypeError: an argument has the wrong type. */
  | 'ERR_INVALID_ARG_TYPE'
  /** RangeError: an argument has the right type and an impossible value. */
  | 'ERR_OUT_OF_RANGE'
  /** TypeError: `new Guard()` or `new Thread()`. */
  | 'ERR_ILLEGAL_CONSTRUCTOR'
  /** TypeError, in `thread.error`: the module that `run()` names does not export that function. */
  | 'ERR_WAITGROUP_NO_FUNCTION'
  /** Error, from `thread.result`: the thread has not ended, or ended without returning. */
  | 'ERR_WAITGROUP_NO_RESULT'
  /** Error, in `thread.error`: the thread died without a report. */
  | 'ERR_WAITGROUP_THREAD_DIED'
  /** Error, at load: the process has another copy of this package, of an incompatible version. */
  | 'ERR_WAITGROUP_INCOMPATIBLE_COPY'
  /** Error, at load: no binary fits this system. The message has the command that compiles one. */
  | 'ERR_WAITGROUP_NO_BINARY'
  /** Error, at load: a bundler has inlined this package. */
  | 'ERR_WAITGROUP_BUNDLED'
  /** Error: `spawn()` on Deno. */
  | 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM'

type Anything = (...args: never[]) => unknown

/** Its stack begins at the caller of `from`. */
let newWaitGroupError: (
  code: WaitGroupErrorCode,
  from: Anything,
  details?: string,
) => WaitGroupError

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
 * | `ERR_WAITGROUP_DEADLOCK` | the counter is not zero and nothing is left that could count it down |
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
    newWaitGroupError = (code, from, details) => {
      const error = new WaitGroupError(code, details)
      Error.captureStackTrace(error, from)
      return error
    }
    // On the prototype, as in the built-in errors: an own property would be cloned.
    Object.defineProperty(this.prototype, 'name', {
      value: 'WaitGroupError',
      writable: true,
      configurable: true,
    })
  }
}

export function panicError(panic: Panic, from: Anything = panicError): WaitGroupError {
  return newWaitGroupError(codes[panic], from)
}

/** Throws if `result` is one of Go's panics. @returns any other `result`. */
export function throwIfPanic(result: number, from: Anything = throwIfPanic): number {
  if (isPanic(result)) throw panicError(result, from)
  return result
}

/** The error for a wait that can never end, with advice on what to do about it. */
export function deadlockError(
  state: GroupState,
  advice: string,
  from: Anything = deadlockError,
): WaitGroupError {
  return newWaitGroupError('ERR_WAITGROUP_DEADLOCK', from, ` ${inspect(state)}: ${advice}`)
}

/** Describes a value as Node's error messages do. */
function received(value: unknown): string {
  if (value == null) return String(value)
  try {
    if (typeof value === 'function')
      return value.name ? `function ${value.name}` : 'an anonymous function'
    if (typeof value === 'object') {
      const name = (value.constructor as { name?: unknown } | undefined)?.name
      if (typeof name === 'string' && name !== '') return `an instance of ${name}`
      return inspect(value, { depth: -1 })
    }
    const text = inspect(value, { colors: false })
    return `type ${typeof value} (${text.length > 28 ? `${text.slice(0, 25)}...` : text})`
  } catch {
    return `a value of type ${typeof value}` // a getter or a proxy threw
  }
}

function coded<E extends Error>(
  Class: new (message: string) => E,
  code: ErrorCode,
  message: string,
): E {
  return Object.assign(new Class(message), { code })
}

/**
 * Has the text of Node's error with this code.
 *
 * @param expected - Begins with "of type" or "an instance of".
 * @param hint - A sentence that says what to do instead, without a full stop.
 */
export function invalidArgType(
  name: string,
  expected: string,
  value: unknown,
  hint?: string,
): TypeError {
  const kind = name.includes('.') ? 'property' : 'argument'
  const message = `The "${name}" ${kind} must be ${expected}. Received ${received(value)}`
  const more = hint === undefined ? '' : `. ${hint}`
  return coded(TypeError, 'ERR_INVALID_ARG_TYPE', message + more)
}

/** Has the text of Node's error with this code. `range` completes "It must be …". */
export function outOfRange(name: string, range: string, value: unknown): RangeError {
  const message = `The value of "${name}" is out of range. It must be ${range}. Received ${inspect(value)}`
  return coded(RangeError, 'ERR_OUT_OF_RANGE', message)
}

/**
 * A provisional error: an `error` event from Node may replace it.
 *
 * @param details - Why the thread may have died.
 */
export function threadDied(
  details = 'It may have run out of memory, or its script has replaced process.emit',
): Error {
  return coded(Error, 'ERR_WAITGROUP_THREAD_DIED', `The thread died without a report. ${details}`)
}

export function spawnUnavailable(runtime: string): Error {
  const message =
    `spawn() is not available on ${runtime}: a thread there cannot be guarded before its script ` +
    'is read, and joining it could hang. Use new Worker() with guard() in the script'
  return coded(Error, 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM', message)
}

/** @param why - Completes "The thread has no result: it …". */
export function noResult(why: string): Error {
  return coded(Error, 'ERR_WAITGROUP_NO_RESULT', `The thread has no result: it ${why}`)
}

/** @param exports - What the module exports instead. */
export function noFunction(module: string, exportName: string, exports: object): TypeError {
  const exported = exportName in exports ? 'exports no function' : 'has no export'
  const names = Object.keys(exports).map((name) => inspect(name))
  const others = names.length === 0 ? 'nothing' : names.join(', ')
  const message = `The module ${module} ${exported} named ${inspect(exportName)}. It exports ${others}`
  return coded(TypeError, 'ERR_WAITGROUP_NO_FUNCTION', message)
}

export function illegalConstructor(): TypeError {
  return coded(TypeError, 'ERR_ILLEGAL_CONSTRUCTOR', 'Illegal constructor')
}
