import { types } from 'node:util'
import { invalidArgType, outOfRange } from './errors'
import { BYTES } from './layout'

const ALIGNMENT = 8
const INT32_MIN = -(2 ** 31)
const INT32_MAX = 2 ** 31 - 1

export interface WaitOptions {
  /**
   * How long to wait at most, in milliseconds; fractions count. 0 polls, without ever becoming a
   * waiter. `Infinity`, or none, waits for ever.
   */
  timeout?: number | undefined
}

export interface WaitAsyncOptions extends WaitOptions {
  /** Ends the wait early: the promise rejects with `signal.reason`. */
  signal?: AbortSignal | undefined
}

/** @throws TypeError, RangeError where `delta` is not an integer that fits into 32 bits. */
export function checkDelta(delta: unknown): asserts delta is number {
  if (typeof delta !== 'number') throw invalidArgType('delta', 'of type number', delta)
  if ((delta | 0) !== delta) {
    const range = `an integer >= ${INT32_MIN} and <= ${INT32_MAX}`
    throw outOfRange('delta', range, delta)
  }
}

/**
 * @param shared - What `buffer` and `byteOffset` are properties of; undefined: they are arguments.
 * @throws TypeError, RangeError where no group fits at `byteOffset` of `buffer`.
 */
export function checkPlace(
  buffer: unknown,
  byteOffset: unknown,
  shared?: object,
): asserts buffer is SharedArrayBuffer {
  const prefix = shared === undefined ? '' : 'shared.'
  if (!types.isSharedArrayBuffer(buffer)) {
    const expected = 'an instance of SharedArrayBuffer'
    throw invalidArgType(`${prefix}buffer`, expected, buffer, hintAt(buffer, shared))
  }
  if (typeof byteOffset !== 'number') {
    throw invalidArgType(`${prefix}byteOffset`, 'of type number', byteOffset)
  }
  if (buffer.byteLength < BYTES) {
    throw outOfRange(`${prefix}buffer.byteLength`, `>= ${BYTES}`, buffer.byteLength)
  }
  const last = buffer.byteLength - BYTES
  if (!(Number.isInteger(byteOffset) && byteOffset >= 0 && byteOffset <= last)) {
    throw outOfRange(`${prefix}byteOffset`, `an integer >= 0 and <= ${last}`, byteOffset)
  }
  if (byteOffset % ALIGNMENT !== 0) {
    throw outOfRange(`${prefix}byteOffset`, `a multiple of ${ALIGNMENT}`, byteOffset)
  }
}

/** For the usual mistakes: what was probably meant by something that is no SharedArrayBuffer. */
function hintAt(buffer: unknown, shared: object | undefined): string | undefined {
  if (shared === undefined) {
    return typeof buffer === 'number'
      ? `A new group counts 0; call add(${buffer}) to count more`
      : undefined
  }
  if (buffer === undefined) {
    const key = Object.keys(shared).find((each) => holdsGroup(shared, each))
    return key === undefined ? undefined : `Did you mean its property "${key}"?`
  }
  return Object.prototype.toString.call(buffer) === '[object Object]'
    ? 'A group works between threads of one process; JSON and other processes cannot carry it'
    : undefined
}

function holdsGroup(shared: object, key: string): boolean {
  try {
    const value = (shared as Record<string, unknown>)[key] as { buffer?: unknown } | undefined
    return types.isSharedArrayBuffer(value) || types.isSharedArrayBuffer(value?.buffer)
  } catch {
    return false
  }
}

function checkOptions(options: unknown): asserts options is object {
  if (typeof options !== 'object' || options === null) {
    throw invalidArgType('options', 'of type object', options)
  }
}

/**
 * @returns `options.timeout`, `Infinity` where there is none.
 * @throws TypeError, RangeError where it is not a number, or NaN, or negative.
 */
export function checkTimeout(options: WaitOptions | undefined): number {
  if (options === undefined) return Infinity
  checkOptions(options)
  const timeout: unknown = options.timeout
  if (timeout === undefined) return Infinity
  if (typeof timeout !== 'number')
    throw invalidArgType('options.timeout', 'of type number', timeout)
  if (!(timeout >= 0)) throw outOfRange('options.timeout', '>= 0', timeout)
  return timeout
}

/** @throws TypeError where `options.signal` is there and no AbortSignal. */
export function checkSignal(options: WaitAsyncOptions | undefined): AbortSignal | undefined {
  const signal: unknown = options?.signal
  if (signal === undefined) return undefined
  // As Node does: by its looks, so that other realms' signals and polyfills pass.
  if (typeof signal !== 'object' || signal === null || !('aborted' in signal)) {
    throw invalidArgType('options.signal', 'an instance of AbortSignal', signal)
  }
  return signal as AbortSignal
}

/** Whether `await` would wait for `value`. Reads `then`, which may throw. */
export function isThenable(value: unknown): boolean {
  return (
    ((typeof value === 'object' && value !== null) || typeof value === 'function') &&
    typeof (value as { then?: unknown }).then === 'function'
  )
}

/** @throws TypeError where `task` is not a function. */
export function checkTask(task: unknown): void {
  if (typeof task !== 'function') throw invalidArgType('task', 'of type function', task)
}

/** @throws TypeError where `options` are there and no object; what is in them is for Worker to check. */
export function checkSpawnOptions(options: unknown): void {
  if (options !== undefined) checkOptions(options)
}
