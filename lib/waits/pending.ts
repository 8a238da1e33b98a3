import { BATCH, native } from '../binding/addon'
import { newView } from '../binding/layout'
import { Result } from '../binding/result'
import { Shared } from '../binding/shared'
import { sharedLoop, PromiseWatch, reportsDeadlocks, stateOf } from '../deadlock'
import type { GroupState } from '../errors/errors'

/**
 * A promise wait. Each evaluation of this package implements it by a class of its own, so that a
 * wait rejects with the errors of its own evaluation.
 */
export interface PendingWait {
  /** Whether a time-out or a signal can end it. */
  readonly isLimited: boolean
  /** Identifies the wait to C++. 0 until it is pending. */
  id: number
  /** `result` is `Ok` or `Reused`. Must not throw: the results of other waits follow. */
  onResult(result: number): void
  /** Rejects: nothing is left that could release it. Only for a wait without limits. */
  onDeadlock(state: GroupState): void
}

/** Saved when this module is loaded: a program may replace it. */
const { setPrototypeOf } = Object

/** Without a prototype: the program may have added setters to it, which would get the items instead. */
function listById<T>(): (T | undefined)[] {
  return setPrototypeOf([], null) as (T | undefined)[]
}

/**
 * The pending promise waits of this thread. C++ keeps this object alive, through its callbacks, as
 * long as the environment, and keeps the loop alive while a wait is pending.
 */
export class PendingWaits {
  #byId = listById<PendingWait>()
  /** Keeps the memory alive that C++ points to. Code of the program never gets this list. */
  #views = listById<Int32Array>()
  count = 0
  limitedCount = 0
  readonly #results = newView(2 * BATCH * Int32Array.BYTES_PER_ELEMENT)
  readonly #watch: PromiseWatch | undefined

  constructor() {
    const watch = reportsDeadlocks ? new PromiseWatch(this) : undefined
    this.#watch = watch
    const onReleased = (): void => {
      for (let count = native.collect(); count > 0; count = native.collect()) this.#onResults(count)
    }
    // In a microtask: an add() that follows at once is a reuse, as in Go.
    const resolved = Promise.resolve()
    const onReleasedHere = (): void => {
      void resolved.then(onReleased)
    }
    const onPollPhase = (): void => {
      watch?.onPollPhase()
    }
    sharedLoop.value?.mark()
    native.startPromises(onReleased, this.#results, onPollPhase, onReleasedHere)
    sharedLoop.value?.ignoreNew(1)
  }

  /**
   * Makes `wait` a waiter of the group under `view` if the counter is not zero; else reports its
   * result at once. A stack overflow throws and changes nothing.
   */
  add(wait: PendingWait, view: Int32Array): void {
    this.#watch?.onBegin()
    const id = native.waitAsync(view)
    if (id <= 0) {
      wait.onResult(id)
      return
    }
    // C++ counts the waiter now. Nothing below calls a function, which could throw.
    this.#views[id] = view
    this.#byId[id] = wait
    wait.id = id
    this.count++
    if (wait.isLimited) this.limitedCount++
  }

  isPending(wait: PendingWait): boolean {
    return this.#byId[wait.id] === wait
  }

  /**
   * Ends a wait early. If it was already released, reports its result instead.
   *
   * @returns true if this call ended the wait early.
   */
  cancel(wait: PendingWait): boolean {
    if (!this.isPending(wait)) return false
    const result = native.cancel(wait.id)
    this.#remove(wait.id)
    if (result === Result.Interrupted) return true
    wait.onResult(result)
    return false
  }

  /** Sets whether the waits that are pending now keep the event loop alive. */
  ref(on: boolean): void {
    if (this.count > 0) native.ref(on)
  }

  /** Rejects all waits: nothing is left that could release them. */
  reportDeadlock(): void {
    // Before the first is cancelled, so that all report the same state.
    const waits: [PendingWait, GroupState][] = []
    for (let id = 1; id < this.#byId.length; id++) {
      const wait = this.#byId[id]
      const view = this.#views[id]
      if (wait !== undefined && view !== undefined) waits.push([wait, stateOf(view)])
    }
    for (const [wait, state] of waits) {
      if (this.cancel(wait)) wait.onDeadlock(state)
    }
  }

  /** Continuations run after the last batch. */
  #onResults(count: number): void {
    if (count === 1) {
      // The usual case, short because it usually runs when its code is in no cache.
      this.#remove(this.#results[0] ?? 0)?.onResult(this.#results[1] ?? Result.Ok)
      return
    }
    // All ids are removed before the first promise is resolved: code that runs then (a promise
    // hook) may begin a wait that gets one of these ids.
    const ended: [PendingWait, number][] = []
    for (let i = 0; i < count; i++) {
      const wait = this.#remove(this.#results[2 * i] ?? 0)
      if (wait !== undefined) ended.push([wait, this.#results[2 * i + 1] ?? Result.Ok])
    }
    for (const [wait, result] of ended) wait.onResult(result)
  }

  #remove(id: number): PendingWait | undefined {
    const wait = this.#byId[id]
    if (wait === undefined) return undefined
    this.#byId[id] = undefined
    this.#views[id] = undefined
    if (waitEndHooks.size > 0) callWaitEndHooks()
    if (wait.isLimited) this.limitedCount--
    // Frees the memory that a burst of waits may have used.
    if (--this.count === 0 && this.#byId.length > KEPT) {
      this.#byId = listById()
      this.#views = listById()
    }
    return wait
  }
}

/** The length that the lists of waits keep. */
const KEPT = 64

function callWaitEndHooks(): void {
  for (const hook of waitEndHooks) hook()
}

/** Called when a promise wait of this thread ends, before its continuation runs. Must not throw. */
export const waitEndHooks = (new Shared<Set<() => void>>('waitEndHooks').value ??= new Set())

/** All evaluations of this package in one thread share their pending waits. */
export const sharedWaits = new Shared<PendingWaits>('pendingWaits')

/** Creates them when first needed. */
export function pendingWaits(): PendingWaits {
  if (sharedWaits.value === undefined) {
    const waits = new PendingWaits()
    // A hook of async_hooks may have begun a wait meanwhile.
    sharedWaits.value ??= waits
  }
  return sharedWaits.value
}
