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

/** @throws TypeError, RangeError where no group fits at `byteOffset` of `buffer`. */
export function checkPlace(
  buffer: unknown,
  byteOffset: unknown,
): asserts buffer is SharedArrayBuffer {
  if (!types.isSharedArrayBuffer(buffer)) {
    throw invalidArgType('buffer', 'an instance of SharedArrayBuffer', buffer)
  }
  if (typeof byteOffset !== 'number') {
    throw invalidArgType('byteOffset', 'of type number', byteOffset)
  }
  if (buffer.byteLength < BYTES) {
    throw outOfRange('buffer.byteLength', `>= ${BYTES}`, buffer.byteLength)
  }
  const last = buffer.byteLength - BYTES
  if (!(Number.isInteger(byteOffset) && byteOffset >= 0 && byteOffset <= last)) {
    throw outOfRange('byteOffset', `an integer >= 0 and <= ${last}`, byteOffset)
  }
  if (byteOffset % ALIGNMENT !== 0) {
    throw outOfRange('byteOffset', `a multiple of ${ALIGNMENT}`, byteOffset)
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

/** @throws TypeError where `task` is not a function. */
export function checkTask(task: unknown): void {
  if (typeof task !== 'function') throw invalidArgType('task', 'of type function', task)
}

/** @throws TypeError where `options` are there and no object; what is in them is for Worker to check. */
export function checkSpawnOptions(options: unknown): void {
  if (options !== undefined) checkOptions(options)
}
