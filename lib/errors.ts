import { inspect } from 'node:util'

/** Go's panics, by the code that this package gives them. Each text begins with Go's own. */
export const panics = {
  ERR_WAITGROUP_NEGATIVE_COUNTER:
    'sync: negative WaitGroup counter: done() was called more often than add()',
  ERR_WAITGROUP_MISUSE: 'sync: WaitGroup misuse: Add called concurrently with Wait',
  ERR_WAITGROUP_REUSED: 'sync: WaitGroup is reused before previous Wait has returned',
  ERR_WAITGROUP_DEADLOCK: 'all goroutines are asleep - deadlock!',
} as const

/** A group, in the message of a {@link WaitGroupError}. */
export interface GroupState {
  readonly count: number
  readonly waiters: number
}

/** The `code` of a {@link WaitGroupError}. */
export type WaitGroupErrorCode = keyof typeof panics

/**
 * The group was used against Go's rules: what panics in Go.
 *
 * As in Go, nothing is rolled back: the group is in the state in which Go would leave it.
 *
 * | `code` | when |
 * |---|---|
 * | `ERR_WAITGROUP_NEGATIVE_COUNTER` | the counter went below zero |
 * | `ERR_WAITGROUP_MISUSE` | an `add` from zero raced with a `wait` |
 * | `ERR_WAITGROUP_REUSED` | the group was used again before everybody had returned from the last `wait` |
 * | `ERR_WAITGROUP_DEADLOCK` | the counter is above zero and nobody is left who could count it down |
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

  /** @internal */
  constructor(code: WaitGroupErrorCode, deadlock?: { state: GroupState; advice: string }) {
    const more = deadlock && ` ${inspect(deadlock.state)}: ${deadlock.advice}`
    super(`${panics[code]}${more ?? ''}`)
    this.code = code
  }

  static {
    // On the prototype, as the built-in errors have it: no own property to see or to clone.
    Object.defineProperty(this.prototype, 'name', {
      value: 'WaitGroupError',
      writable: true,
      configurable: true,
    })
  }
}

/** How Node words a received value. The value can be anything, and reading it can throw. */
function received(value: unknown): string {
  try {
    return describe(value)
  } catch {
    return `a value of type ${typeof value}`
  }
}

/** The type for what has one name, else the value itself. */
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

type ErrorWithCode<E extends Error> = E & { code: string }

function withCode<E extends Error>(error: E, code: string): ErrorWithCode<E> {
  return Object.assign(error, { code })
}

/**
 * `ERR_INVALID_ARG_TYPE`, in Node's own words.
 *
 * @param expected - Begins with "of type" or "an instance of".
 * @param hint - A sentence that says what to do instead, without its full stop.
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
 * A spawned thread that ended without a report. Node's own events may say more, later.
 *
 * @param details - What is known beyond that.
 */
export function threadDied(
  details = 'It may have run out of memory, or its script has replaced process.emit',
): ErrorWithCode<Error> {
  return withCode(
    new Error(`The thread died without a report. ${details}`),
    'ERR_WAITGROUP_THREAD_DIED',
  )
}

/** A runtime whose threads cannot be guarded before their script is read. */
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
