import { native, type Handle } from './addon'
import { Result } from './result'

/**
 * The first half of Go's Add: the atomic addition to the state, whose upper half is the counter and
 * whose lower half is the number of waiters. The second half is WaitGroup::FinishAdd in C++, which
 * gets the state that the addition has returned.
 *
 * Entering C++ costs more than the addition. {@link addOne} and {@link subtractOne} do not enter it
 * in four cases, in which FinishAdd would only return kOk. In the table, (c, w) is `old`, the state
 * before the addition, and n is the new counter, which FinishAdd checks:
 *
 * | check of FinishAdd                         | add(1): (0, 0)  | add(1): 1 ≤ c < 2^31 - 1 | done(): c ≥ 2 | done(): (1, 0)  |
 * | ------------------------------------------ | --------------- | ------------------------ | ------------- | --------------- |
 * | n < 0: negative counter                    | n = 1           | n ≥ 2, no wrap           | n ≥ 1         | n = 0           |
 * | w ≠ 0, delta > 0 and n = delta: misuse     | w = 0           | n ≠ 1                    | delta < 0     | delta < 0       |
 * | n > 0 or w = 0: ok; else releases waiters  | ok              | ok                       | ok            | ok              |
 *
 * Otherwise they enter C++: add(1) from (0, w), a negative counter, or 2^31 - 1; done() from (1, w)
 * or a counter below 1.
 *
 * Termination cannot separate the halves: V8 checks for it at function entries and loop edges only.
 * Keep both out of the code between `Atomics` and `finishAdd`.
 */
const ONE = 1n << 32n
const TWO = 2n << 32n
const MAX = (2n ** 31n - 1n) << 32n

/**
 * After `Ok`, call nothing: at the end of the stack, the call would throw although all is done.
 *
 * @returns `Ok`, `NegativeCounter` or `Misuse`, as do the functions below.
 */
export function addOne(state: BigInt64Array, handle: Handle): number {
  const old = Atomics.add(state, 0, ONE)
  if (old === 0n || (old >= ONE && old < MAX)) return Result.Ok
  return native.finishAdd(handle, 1, old)
}

export function subtractOne(state: BigInt64Array, handle: Handle): number {
  const old = Atomics.sub(state, 0, ONE)
  if (old === ONE || old >= TWO) return Result.Ok
  return native.finishAdd(handle, -1, old)
}

/** @param delta - An integer of 32 bits. */
export function add(state: BigInt64Array, handle: Handle, delta: number): number {
  const change = BigInt(delta) << 32n
  const old = Atomics.add(state, 0, change)
  return native.finishAdd(handle, delta, old)
}
