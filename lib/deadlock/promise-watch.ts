import timers = require('node:timers')
import { native } from '../native'
import { ensureStack } from '../stack'
import { checks } from './load'

// Taken now: tests replace them by clocks of their own.
const { clearTimeout, setImmediate, setTimeout } = timers

/** What the watch asks of the promise waits of this thread. */
export interface WatchedWaits {
  /** How many are pending. */
  readonly count: number
  /** How many of those end by themselves, by a time-out or a signal. */
  readonly limitedCount: number
  /** Whether pending waits keep the event loop alive. At first they do. */
  hold(on: boolean): void
  /** Ends all of them: nobody is left to release them. */
  reportDeadlock(): void
}

/** How long after a wait has begun the loop is first looked at, and how often at least, in ms. */
const FIRST_LOOK = 20
const MAX_INTERVAL = 1000

/**
 * - `idle`: no wait is pending, or a last look will find that none is.
 * - `watching`: waits keep the loop alive. From time to time it is looked at whether anything else
 *   could act.
 * - `suspecting`: nothing else could. The waits have let go of the loop, so that it runs empty.
 * - `emptied`: beforeExit has come. The loop turns once, since listeners may start something.
 * - `checked`: they have not. The waits have let go again, since V8 may still have work for its own
 *   threads, which Node waits for when the loop is empty.
 * - `sure`: beforeExit has come again, with nothing in between. The loop turns once more.
 */
type State = 'idle' | 'watching' | 'suspecting' | 'emptied' | 'checked' | 'sure'

/** Finds out, without ever keeping the loop from running empty, that promise waits cannot end. */
export class PromiseWatch {
  readonly #waits: WatchedWaits
  // Loaded now: this watch serves later evaluations too, and Jest lets a file whose tests are over
  // load nothing any more.
  readonly #checks = checks()
  #state: State = 'idle'
  #interval = FIRST_LOOK
  #timer: NodeJS.Timeout | undefined

  constructor(waits: WatchedWaits) {
    this.#waits = waits
  }

  /** A wait is about to begin. May throw at the end of the stack; nothing has changed then. */
  begin(): void {
    if (this.#state === 'watching') return
    this.#interval = FIRST_LOOK
    this.#watch()
  }

  #watch(): void {
    ensureStack()
    clearTimeout(this.#timer)
    // Without a ref: a wait that is over must not keep the loop alive.
    this.#timer = setTimeout(() => {
      native.lookSoon()
    }, this.#interval).unref()
    this.#waits.hold(true)
    this.#state = 'watching'
  }

  /** Called in the poll phase, as `native.lookSoon` has asked for; perhaps in an earlier state. */
  look(): void {
    clearTimeout(this.#timer)
    if (this.#waits.count === 0) this.#state = 'idle'
    switch (this.#state) {
      case 'watching':
        if (this.#canEnd()) this.#watchOn()
        else this.#state = 'suspecting'
        break
      case 'emptied':
        if (this.#canEnd()) {
          this.#watchOn()
        } else {
          this.#state = 'checked'
          this.#hearNextTurn()
        }
        break
      case 'sure':
        if (this.#canEnd()) {
          this.#watchOn()
        } else {
          this.#state = 'idle'
          this.#waits.reportDeadlock()
        }
    }
  }

  #watchOn(): void {
    this.#interval = Math.min(2 * this.#interval, MAX_INTERVAL)
    this.#watch()
  }

  readonly #onBeforeExit = (): void => {
    if (this.#state === 'suspecting') this.#state = 'emptied'
    else if (this.#state === 'checked') this.#state = 'sure'
    else return
    // The loop turns once more, for what the other listeners do and defer.
    this.#waits.hold(true)
    native.lookSoon()
  }

  /** If the loop turns again before it is empty, something has run: the checks begin anew. */
  #hearNextTurn(): void {
    const onTurn = (): void => {
      if (this.#state === 'checked') this.#state = 'suspecting'
    }
    // The outer one still belongs to this turn.
    setImmediate(() => setImmediate(onTurn).unref()).unref()
  }

  /** Lets go of the loop, where beforeExit can be heard. */
  #canEnd(): boolean {
    if (this.#waits.limitedCount > 0 || !this.#hearBeforeExit()) return true
    this.#waits.hold(false)
    return this.#checks.loopMayAct()
  }

  /** Again each time, since anybody may remove all listeners. False where it cannot be. */
  #hearBeforeExit(): boolean {
    try {
      if (!process.listeners('beforeExit').includes(this.#onBeforeExit)) {
        process.on('beforeExit', this.#onBeforeExit)
      }
      return true
    } catch {
      return false // a frozen process
    }
  }
}
