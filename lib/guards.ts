import { native, type Outcome } from './native'
import { panic } from './panic'
import { detachStdio } from './stdio'

/** The views of every guard in force: they keep the memory alive that C++ points to. */
const views = new Map<number, Int32Array[]>()

/** Keeps what guard `id` points to, until it is released. */
export function hold(id: number, ...guarded: Int32Array[]): void {
  views.set(id, guarded)
}

/** Ends a guard: counts down, if that is still its to do. A second time does nothing. */
export function release(id: number): Outcome {
  const result = native.release(id)
  views.delete(id)
  return result
}

/**
 * Owns one count of a group that was already added: see {@link WaitGroup.guard}.
 *
 * @example
 * ```js
 * using guard = wg.guard() // or: try { … } finally { guard.done() }
 * ```
 */
export class Guard {
  readonly #id: number

  /** @internal */
  constructor(view: Int32Array) {
    // A thread that has printed must be able to end, or its guard would never count down.
    detachStdio()
    this.#id = native.guard(view)
    hold(this.#id, view)
  }

  /**
   * Counts down. A second call does nothing.
   *
   * @throws WaitGroupError `ERR_WAITGROUP_NEGATIVE_COUNTER`, `ERR_WAITGROUP_MISUSE`, as
   * {@link WaitGroup.done} does.
   */
  done(): void {
    const result = release(this.#id)
    if (result !== undefined) throw panic(result)
  }

  /** {@link done}, at the end of a block that declares `using`. */
  [Symbol.dispose](): void {
    this.done()
  }
}
