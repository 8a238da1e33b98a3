import { inspect } from 'node:util'
import type { WaitGroup } from 'futex-waitgroup'
import { panicText, type Waiter, type Waiters } from './replay'

class PromiseWaiter implements Waiter {
  #outcome: { returned: boolean } | { thrown: unknown } | undefined

  constructor(group: WaitGroup) {
    group.waitAsync().then(
      (returned) => (this.#outcome = { returned }),
      (thrown: unknown) => (this.#outcome = { thrown }),
    )
  }

  get returned(): boolean {
    return this.#outcome !== undefined
  }

  get panic(): string | null {
    const outcome = this.#outcome
    if (outcome === undefined) throw new Error('it has not returned')
    if ('thrown' in outcome) return panicText(outcome.thrown)
    return outcome.returned ? null : `waitAsync() resolved with ${inspect(outcome.returned)}`
  }
}

/** Promises of this thread: `waitAsync()` in place of a blocked thread. */
export class PromiseWaiters implements Waiters {
  start(group: WaitGroup): Waiter {
    return new PromiseWaiter(group)
  }
}

/** Every second waiter from here, every other from there. */
export class MixedWaiters implements Waiters {
  readonly #kinds: readonly Waiters[]
  #next: number

  /** @param first - The index of the kind that the first waiter is of. */
  constructor(kinds: readonly Waiters[], first: number) {
    this.#kinds = kinds
    this.#next = first
  }

  start(group: WaitGroup): Waiter {
    const kind = this.#kinds[this.#next++ % this.#kinds.length]
    if (kind === undefined) throw new Error('no kind of waiter')
    return kind.start(group)
  }
}
