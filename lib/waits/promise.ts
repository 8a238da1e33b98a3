import { COUNTER } from '../binding/layout'
import { isPanic } from '../binding/result'
import { deadlockError, panicError, type GroupState } from '../errors/errors'
import { validateSignal, validateTimeout, type JoinAsyncOptions } from '../errors/validate'
import { ensureStack } from '../runtime/stack'
import { now } from '../runtime/timers'
import { onAbort, onDeadline } from './limits'
import { pendingWaits, sharedWaits, type PendingWait } from './pending'

class PromiseWait implements PendingWait {
  id = 0
  isLimited = false
  /** undefined if there are none, since each of a hundred thousand waits would have an array. */
  #limits: (() => void)[] | undefined

  constructor(
    readonly resolve: (reached: boolean) => void,
    readonly reject: (reason: unknown) => void,
  ) {}

  onResult(result: number): void {
    if (isPanic(result)) this.reject(panicError(result))
    else this.resolve(true)
    if (this.#limits !== undefined) this.detachLimits()
  }

  onDeadlock(state: GroupState): void {
    this.reject(deadlockError(state, 'nothing is left that could call done()'))
  }

  /** Lets a signal end the wait. Throws if a foreign signal throws. */
  endOnAbort(signal: AbortSignal): void {
    this.#addLimit(
      onAbort(signal, () => {
        this.#endEarly(() => {
          this.reject(reasonOf(signal))
        })
      }),
    )
  }

  /** Ends the wait at `deadline`, unless it has already ended. */
  endAt(deadline: number): void {
    if (sharedWaits.value?.isPending(this) !== true) return
    this.#addLimit(
      onDeadline(deadline, () => {
        this.#endEarly(() => {
          this.resolve(false)
        })
      }),
    )
  }

  /** Ends the wait once the counter of the group under `end` is zero. */
  endWith(end: Int32Array): void {
    const waits = sharedWaits.value
    if (waits?.isPending(this) !== true) return
    const finish = (): void => {
      this.#endEarly(() => {
        this.resolve(false)
      })
    }
    const other = new PromiseWait(finish, finish)
    other.isLimited = true
    this.#addLimit(() => waits.cancel(other))
    waits.add(other, end)
  }

  #addLimit(detach: () => void): void {
    ;(this.#limits ??= []).push(detach)
  }

  #endEarly(finish: () => void): void {
    if (sharedWaits.value?.cancel(this) !== true) return
    this.detachLimits()
    finish()
  }

  /** Never throws. */
  detachLimits(): void {
    for (const detach of this.#limits?.splice(0) ?? []) {
      try {
        detach()
      } catch (error) {
        // From a foreign signal. Uncaught, like the error of an event listener.
        process.nextTick(() => {
          throw error
        })
      }
    }
  }
}

/**
 * Waits until the counter of the group under `view` is zero: see {@link WaitGroup.waitAsync}.
 *
 * @param end - A group that ends the wait, with false, once its counter is zero.
 */
// Not an async function, which would create a second promise.
export function waitForZero(
  view: Int32Array,
  options: JoinAsyncOptions | undefined,
  end?: Int32Array,
): Promise<boolean> {
  try {
    const timeout = validateTimeout(options)
    const signal = validateSignal(options)
    if (signal?.aborted === true) return Promise.reject(signal.reason as unknown)
    if (Atomics.load(view, COUNTER) === 0) return Promise.resolve(true)
    if (timeout === 0) return Promise.resolve(false)
    return startWait(view, timeout, signal, end)
  } catch (error) {
    return Promise.reject(error)
  }
}

/**
 * The counter was just not zero.
 *
 * @param timeout - In milliseconds, above 0; `Infinity`: none.
 */
function startWait(
  view: Int32Array,
  timeout: number,
  signal: AbortSignal | undefined,
  end: Int32Array | undefined,
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const wait = new PromiseWait(resolve, reject)
    if (sharedWaits.value === undefined) ensureStack()
    wait.isLimited = timeout !== Infinity || signal !== undefined || end !== undefined
    try {
      if (signal !== undefined) {
        wait.endOnAbort(signal)
        // A foreign signal may abort while a listener is added.
        if (signal.aborted) throw signal.reason
      }
      if (timeout !== Infinity) {
        const deadline = now() + timeout
        // In a microtask, whose stack is empty: setTimeout() cannot overflow it. See ensureStack().
        void Promise.resolve().then(() => {
          wait.endAt(deadline)
        })
      }
      if (end !== undefined) void Promise.resolve().then(() => wait.endWith(end))
      pendingWaits().add(wait, view)
    } catch (error) {
      wait.detachLimits()
      throw error
    }
  })
}

/** Returns the error instead, if a getter of a foreign signal throws. */
function reasonOf(signal: AbortSignal): unknown {
  try {
    return signal.reason
  } catch (error) {
    return error
  }
}
