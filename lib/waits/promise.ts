import { isPanic } from '../binding/result'
import { deadlockError, panicError, type GroupState } from '../errors/errors'
import { ensureStack } from '../runtime/stack'
import { now } from '../runtime/timers'
import { onAbort, onDeadline } from './limits'
import { PendingWaits, sharedWaits, type PendingWait } from './pending'

class PromiseWait implements PendingWait {
  id = 0
  isLimited = false
  #limits: (() => void)[] = []

  constructor(
    readonly view: Int32Array,
    readonly resolve: (reached: boolean) => void,
    readonly reject: (reason: unknown) => void,
  ) {}

  onResult(result: number): void {
    if (isPanic(result)) this.reject(panicError(result))
    else this.resolve(true)
    this.detachLimits()
  }

  onDeadlock(state: GroupState): void {
    this.reject(deadlockError(state, 'nothing is left that could call done()'))
  }

  /** Lets a signal end the wait. Throws if a foreign signal throws. */
  endOnAbort(signal: AbortSignal): void {
    this.#limits.push(
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
    this.#limits.push(
      onDeadline(deadline, () => {
        this.#endEarly(() => {
          this.resolve(false)
        })
      }),
    )
  }

  #endEarly(finish: () => void): void {
    if (sharedWaits.value?.cancel(this) !== true) return
    this.detachLimits()
    finish()
  }

  /** Never throws. */
  detachLimits(): void {
    for (const detach of this.#limits.splice(0)) {
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
 * Begins a promise wait on the group under `view`, whose counter was just not zero.
 *
 * @param timeout - In milliseconds, above 0; `Infinity`: none.
 */
export function waitForZero(
  view: Int32Array,
  timeout: number,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const wait = new PromiseWait(view, resolve, reject)
    if (sharedWaits.value === undefined) ensureStack()
    wait.isLimited = timeout !== Infinity || signal !== undefined
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
      ;(sharedWaits.value ??= new PendingWaits()).add(wait)
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
