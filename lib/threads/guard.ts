import { native } from '../binding/addon'
import { illegalConstructor, throwIfPanic } from '../errors/errors'
import { ignoreBackpressure } from './output/ignore-backpressure'

/** Known to createGuard() only. */
const key = Symbol('guard')

export let createGuard: (view: Int32Array) => Guard

/**
 * Owns one count that was added to a group before: see {@link WaitGroup.guard}.
 *
 * @example using guard = wg.guard() // until the end of the block
 */
export class Guard {
  readonly #id: number

  private constructor(view: Int32Array, given?: symbol) {
    if (given !== key) throw illegalConstructor()
    // A thread that has printed must be able to end, or its guard would never count down.
    ignoreBackpressure(native.shared)
    this.#id = native.guard(view)
  }

  static {
    createGuard = (view) => new Guard(view, key)
  }

  /**
   * Counts down. A second call does nothing.
   *
   * @throws WaitGroupError `ERR_WAITGROUP_NEGATIVE_COUNTER`, `ERR_WAITGROUP_MISUSE`, as
   * {@link WaitGroup.done} does.
   * @example try { work() } finally { guard.done() }
   */
  done(): void {
    throwIfPanic(native.release(this.#id))
  }

  /** {@link done}, at the end of a block that declares `using`. */
  [Symbol.dispose](): void {
    this.done()
  }
}
