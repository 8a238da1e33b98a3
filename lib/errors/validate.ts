import { types } from 'node:util'
import { BYTES } from '../binding/layout'
import { invalidArgType, outOfRange } from './errors'

const ALIGNMENT = 8
const INT32_MIN = -(2 ** 31)
const INT32_MAX = 2 ** 31 - 1

/** Of {@link Thread.join}. */
export interface JoinOptions {
  /**
   * The longest time to wait, in milliseconds; fractions count. 0 only checks the counter.
   * `Infinity`, the default, waits for ever.
   */
  timeout?: number | undefined
}

/** Of {@link Thread.joinAsync}. */
export interface JoinAsyncOptions extends JoinOptions {
  /** Ends the wait early: the promise rejects with `signal.reason`. */
  signal?: AbortSignal | undefined
}

/** @throws TypeError, RangeError if `delta` is not an integer of 32 bits. */
export function validateDelta(delta: unknown): asserts delta is number {
  if (typeof delta !== 'number') throw invalidArgType('delta', 'of type number', delta)
  if ((delta | 0) !== delta) {
    const range = `an integer >= ${INT32_MIN} and <= ${INT32_MAX}`
    throw outOfRange('delta', range, delta)
  }
}

/**
 * @param shared - The object that has both as properties; undefined if they are arguments.
 * @throws TypeError, RangeError if there is no room for a group at `byteOffset` of `buffer`.
 */
export function validateRegion(
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

/**
 * @param shared - A SharedArrayBuffer, or an object with `buffer` and `byteOffset`. A message may contain
 * anything.
 * @throws TypeError, RangeError if it is anything else, or has no room for a group.
 */
export function regionOf(shared: unknown): [buffer: SharedArrayBuffer, byteOffset: number] {
  if (types.isSharedArrayBuffer(shared)) {
    validateRegion(shared, 0)
    return [shared, 0]
  }
  if (typeof shared !== 'object' || shared === null) {
    throw invalidArgType('shared', 'an instance of WaitGroup, SharedArrayBuffer or object', shared)
  }
  const { buffer, byteOffset = 0 } = shared as { buffer?: unknown; byteOffset?: unknown }
  validateRegion(buffer, byteOffset, shared)
  return [buffer, byteOffset as number]
}

/** @returns a hint if `buffer` is a common mistake. */
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

/** @throws TypeError if `options` is not an object. */
export function validateOptions(options: unknown): asserts options is object {
  if (typeof options !== 'object' || options === null) {
    throw invalidArgType('options', 'of type object', options)
  }
}

/**
 * @returns `options.timeout`, or `Infinity` if the options have no time-out.
 * @throws TypeError, RangeError if it is not a number, or NaN, or negative.
 */
export function validateTimeout(options: JoinOptions | undefined): number {
  if (options === undefined) return Infinity
  validateOptions(options)
  const timeout: unknown = options.timeout
  if (timeout === undefined) return Infinity
  if (typeof timeout !== 'number')
    throw invalidArgType('options.timeout', 'of type number', timeout)
  if (!(timeout >= 0)) throw outOfRange('options.timeout', '>= 0', timeout)
  return timeout
}

/** @throws TypeError if `options.signal` is present and not an AbortSignal. */
export function validateSignal(options: JoinAsyncOptions | undefined): AbortSignal | undefined {
  const signal: unknown = options?.signal
  if (signal === undefined) return undefined
  // By its shape, as Node does: accepts signals of other realms and polyfills.
  if (typeof signal !== 'object' || signal === null || !('aborted' in signal)) {
    throw invalidArgType('options.signal', 'an instance of AbortSignal', signal)
  }
  return signal as AbortSignal
}

/** Whether `await` would wait for `value`. Reads `then`, which may throw. */
export function isThenable(value: unknown): boolean {
  return Object(value) === value && typeof (value as { then?: unknown }).then === 'function'
}
