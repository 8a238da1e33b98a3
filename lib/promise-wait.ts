import type { GroupState } from './errors'
import { Result } from './native'
import { deadlock, panic } from './panic'
import { PendingWaits, type PendingWait, type WaitOutcome } from './pending-waits'
import { shared } from './shared'
import { ensureStack } from './stack'
import { now, onAbort, onDeadline } from './wait-limits'

class PromiseWait implements PendingWait {
  slot = -1
  isLimited = false
  #stopLimits: (() => void)[] = []

  constructor(
    readonly view: Int32Array,
    readonly resolve: (reached: boolean) => void,
    readonly reject: (reason: unknown) => void,
  ) {}

  settle(result: WaitOutcome): void {
    if (result === Result.Ok || result === 0) this.resolve(true)
    else this.reject(panic(result))
    this.stopLimits()
  }

  reportDeadlock(state: GroupState): void {
    this.reject(deadlock(state, 'nothing is left that could call done()'))
  }

  /** Lets a signal end the wait. Throws what a foreign signal throws. */
  endOnAbort(signal: AbortSignal): void {
    this.#stopLimits.push(
      onAbort(signal, () => {
        this.#endEarly(() => {
          this.reject(reasonOf(signal))
        })
      }),
    )
  }

  /** Lets time end the wait, if it is still pending. */
  endAt(deadline: number): void {
    if (shared.pendingWaits?.isPending(this) !== true) return
    this.#stopLimits.push(
      onDeadline(deadline, () => {
        this.#endEarly(() => {
          this.resolve(false)
        })
      }),
    )
  }

  #endEarly(finish: () => void): void {
    if (shared.pendingWaits?.cancel(this) !== true) return
    this.stopLimits()
    finish()
  }

  /** Ends time-out and abort listening. Never throws. */
  stopLimits(): void {
    for (const stop of this.#stopLimits.splice(0)) {
      try {
        stop()
      } catch (error) {
        // A foreign signal. As an event listener's error: uncaught.
        process.nextTick(() => {
          throw error
        })
      }
    }
  }
}

/**
 * A promise waiter on the group under `view`, whose counter was just seen above zero.
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
    if (shared.pendingWaits === undefined) ensureStack()
    wait.isLimited = timeout !== Infinity || signal !== undefined
    try {
      if (signal !== undefined) {
        wait.endOnAbort(signal)
        // A foreign signal may abort while it is listened to.
        if (signal.aborted) throw signal.reason
      }
      if (timeout !== Infinity) {
        const deadline = now() + timeout
        // With a stack of its own: setTimeout() must not overflow this one, see ensureStack().
        void Promise.resolve().then(() => {
          wait.endAt(deadline)
        })
      }
      ;(shared.pendingWaits ??= new PendingWaits()).add(wait)
    } catch (error) {
      wait.stopLimits()
      throw error
    }
  })
}

/** What a throwing getter of a foreign signal throws is a reason too. */
function reasonOf(signal: AbortSignal): unknown {
  try {
    return signal.reason
  } catch (error) {
    return error
  }
}
