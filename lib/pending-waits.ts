import { PromiseWatch, reportsDeadlocks, stateOf } from './deadlock'
import type { GroupState } from './errors'
import { native, type Outcome, Result } from './native'
import { shared } from './shared'

/** How many results cross from C++ in one call: kBatch of native/addon/promises.cc. */
const BATCH = 512

/** What becomes of a wait that was released. 0 stands for ok where a number is needed. */
export type WaitOutcome = Outcome | 0

/**
 * A promise wait. Each evaluation of this package has a class of its own for it, so that its own
 * errors are thrown.
 */
export interface PendingWait {
  /** Keeps the memory alive that C++ points to. */
  readonly view: Int32Array
  /** Whether a time-out or a signal can end it. */
  readonly isLimited: boolean
  /** By what C++ knows it; -1 until it is pending. */
  slot: number
  /** Never throws: others are to be settled after it. */
  settle(result: WaitOutcome): void
  /** Rejects: nobody is left to release it. Only for a wait that no limit can end. */
  reportDeadlock(state: GroupState): void
}

/**
 * The pending promise waits of this thread. C++ holds them, through a callback, for as long as the
 * environment lives, and keeps the loop alive while there are any.
 */
export class PendingWaits {
  #bySlot: (PendingWait | undefined)[] = []
  count = 0
  limitedCount = 0
  readonly #results = new Int32Array(2 * BATCH)
  readonly #watch: PromiseWatch | undefined

  constructor() {
    const watch = reportsDeadlocks ? new PromiseWatch(this) : undefined
    this.#watch = watch
    const settle = (count: number): void => {
      this.#onResults(count)
    }
    shared.loop?.mark()
    native.startPromises(settle, this.#results, () => watch?.look())
    shared.loop?.ignoreNew(1)
  }

  /**
   * Makes `wait` a waiter, if its group's counter is above zero; else settles it. May throw at the
   * end of the stack; nothing has changed then.
   */
  add(wait: PendingWait): void {
    this.#watch?.begin()
    const slot = native.waitAsync(wait.view)
    if (slot < 0) {
      wait.settle((-1 - slot) as WaitOutcome)
      return
    }
    // C++ counts it. Nothing here calls a function, which could throw.
    this.#bySlot[slot] = wait
    wait.slot = slot
    this.count++
    if (wait.isLimited) this.limitedCount++
  }

  isPending(wait: PendingWait): boolean {
    return this.#bySlot[wait.slot] === wait
  }

  /**
   * Stops waiting, unless the wait is over.
   *
   * @returns Whether it was stopped. False: it is settled, now or before.
   */
  cancel(wait: PendingWait): boolean {
    if (!this.isPending(wait)) return false
    // The release may have come first; then it also decides, and its permit is taken.
    const result = native.cancel(wait.slot)
    this.#take(wait.slot)
    if (result === Result.Interrupted) return true
    wait.settle(result)
    return false
  }

  hold(on: boolean): void {
    if (this.count > 0) native.ref(on)
  }

  reportDeadlock(): void {
    // All are cancelled before the first is rejected, so that each reports the same state.
    const waits = this.#bySlot.flatMap((wait) =>
      wait === undefined ? [] : [{ wait, state: stateOf(wait.view) }],
    )
    for (const { wait, state } of waits) {
      if (this.cancel(wait)) wait.reportDeadlock(state)
    }
  }

  /** Called by C++ on the event loop. The continuations run after the whole batch. */
  #onResults(count: number): void {
    // All are taken out before the first is settled: nothing that runs meanwhile (a promise hook, say)
    // may find a slot half in use.
    const settled: [PendingWait, WaitOutcome][] = []
    for (let i = 0; i < count; i++) {
      const wait = this.#take(this.#results[2 * i] ?? -1)
      if (wait !== undefined) settled.push([wait, (this.#results[2 * i + 1] ?? 0) as WaitOutcome])
    }
    for (const [wait, result] of settled) wait.settle(result)
  }

  #take(slot: number): PendingWait | undefined {
    const wait = this.#bySlot[slot]
    if (wait === undefined) return undefined
    this.#bySlot[slot] = undefined
    if (wait.isLimited) this.limitedCount--
    if (--this.count === 0) this.#bySlot = []
    return wait
  }
}
