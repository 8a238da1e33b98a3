import { illegalConstructor } from './errors'
import { native } from './native'
import { panic } from './panic'
import { shared } from './shared'
import { detachStdio } from './stdio'

/** Only createGuard() has it, and so only wg.guard() can make a Guard. */
const key = Symbol('guard')

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
  constructor(view: Int32Array, given?: symbol) {
    if (given !== key) throw illegalConstructor()
    // A thread that has printed must be able to end, or its guard would never count down.
    detachStdio(shared)
    this.#id = native.guard(view)
  }

  /**
   * Counts down. A second call does nothing.
   *
   * @throws WaitGroupError `ERR_WAITGROUP_NEGATIVE_COUNTER`, `ERR_WAITGROUP_MISUSE`, as
   * {@link WaitGroup.done} does.
   */
  done(): void {
    const result = native.release(this.#id)
    if (result !== undefined) throw panic(result)
  }

  /** {@link done}, at the end of a block that declares `using`. */
  [Symbol.dispose](): void {
    this.done()
  }
}

export function createGuard(view: Int32Array): Guard {
  return new Guard(view, key)
}
