import type { GroupState } from './errors'
import { Result } from './native'
import { deadlock, panic } from './panic'
import { PendingWaits, type PendingWait, type WaitOutcome } from './pending-waits'
import { shared } from './shared'
import { ensureStack } from './stack'
import { onAbort, onTimeout } from './wait-limits'

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

  /** Lets the wait end early, by time or by signal. Throws what a foreign signal throws. */
  limit(timeout: number, signal: AbortSignal | undefined): void {
    this.isLimited = true
    if (signal !== undefined) {
      this.#stopLimits.push(
        onAbort(signal, () => {
          this.#endEarly(() => {
            this.reject(reasonOf(signal))
          })
        }),
      )
    }
    if (timeout !== Infinity) {
      this.#stopLimits.push(
        onTimeout(timeout, () => {
          this.#endEarly(() => {
            this.resolve(false)
          })
        }),
      )
    }
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
    const isLimited = timeout !== Infinity || signal !== undefined
    if (isLimited || shared.pendingWaits === undefined) ensureStack()
    if (isLimited) {
      try {
        wait.limit(timeout, signal)
        // A foreign signal may abort while it is listened to.
        if (signal?.aborted === true) throw signal.reason
      } catch (error) {
        wait.stopLimits()
        throw error
      }
    }
    ;(shared.pendingWaits ??= new PendingWaits()).add(wait)
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
