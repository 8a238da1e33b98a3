import { native } from '../binding/addon'
import { ensureStack } from '../runtime/stack'
import { clearTimeout, setImmediate, setTimeout } from '../runtime/timers'
import { checks } from './load'

/** The promise waits of this thread, as far as the watch needs them. */
export interface WatchedWaits {
  /** The number of pending waits. */
  readonly count: number
  /** The number of those that a time-out or a signal can end. */
  readonly limitedCount: number
  /** Sets whether pending waits keep the event loop alive. At first they do. */
  ref(on: boolean): void
  /** Rejects all waits: nothing is left that could release them. */
  reportDeadlock(): void
}

/** The time from the start of a wait to the first look at the loop, in milliseconds. Doubles. */
const FIRST_LOOK = 20
/** The longest time between two looks, in milliseconds. */
const MAX_INTERVAL = 1000

/**
 *   idle ──> watching ──> suspecting ──> emptied ──> checked ──> final ──> idle, with a report
 *
 * A look that finds anything that may act leads back to `watching`. Another turn of the loop leads
 * from `checked` back to `suspecting`.
 *
 * - `idle`: no wait was pending at the last look, or all waits were rejected.
 * - `watching`: waits keep the loop alive. Each look checks whether anything else may act.
 * - `suspecting`: nothing else may. The waits no longer keep the loop alive, so it can run empty.
 * - `emptied`: beforeExit was emitted. The loop turns once, since listeners may start something.
 * - `checked`: nothing was started. The loop can run empty again: V8 may still have work on its own
 *   threads, which Node waits for when the loop is empty.
 * - `final`: beforeExit was emitted again, and nothing ran in between. The loop turns once more.
 */
type State = 'idle' | 'watching' | 'suspecting' | 'emptied' | 'checked' | 'final'

/** Detects that promise waits cannot end. Never keeps the loop alive itself. */
export class PromiseWatch {
  readonly #waits: WatchedWaits
  // Loaded now: this watch also serves later evaluations, and Jest refuses to load a module after
  // the tests of its file.
  readonly #checks = checks()
  #state: State = 'idle'
  #interval = FIRST_LOOK
  #timer: NodeJS.Timeout | undefined

  constructor(waits: WatchedWaits) {
    this.#waits = waits
  }

  /** Call it before a wait begins. A stack overflow throws and changes nothing. */
  onBegin(): void {
    if (this.#state === 'watching') return
    this.#interval = FIRST_LOOK
    this.#watch()
  }

  #watch(): void {
    ensureStack()
    clearTimeout(this.#timer)
    // Unref'd, since it may outlast the waits.
    this.#timer = setTimeout(() => {
      native.callInPollPhase()
    }, this.#interval).unref()
    this.#waits.ref(true)
    this.#state = 'watching'
  }

  /** Looks at the loop, in its poll phase. The state may have changed since `callInPollPhase`. */
  onPollPhase(): void {
    clearTimeout(this.#timer)
    const state = this.#waits.count === 0 ? 'idle' : this.#state
    this.#state = state
    if (state === 'idle' || state === 'suspecting' || state === 'checked') return
    if (this.#canEnd()) {
      this.#watchOn()
    } else if (state === 'watching') {
      this.#state = 'suspecting'
    } else if (state === 'emptied') {
      this.#state = 'checked'
      this.#onNextTurn()
    } else {
      this.#state = 'idle'
      this.#waits.reportDeadlock()
    }
  }

  #watchOn(): void {
    this.#interval = Math.min(2 * this.#interval, MAX_INTERVAL)
    this.#watch()
  }

  readonly #onBeforeExit = (): void => {
    if (this.#state === 'suspecting') this.#state = 'emptied'
    else if (this.#state === 'checked') this.#state = 'final'
    else return
    // One more turn, for what other listeners start or defer.
    this.#waits.ref(true)
    native.callInPollPhase()
  }

  /** Goes back to `suspecting` if the loop turns before it is empty: something has run. */
  #onNextTurn(): void {
    const onTurn = (): void => {
      if (this.#state === 'checked') this.#state = 'suspecting'
    }
    // The outer one runs in this turn.
    setImmediate(() => setImmediate(onTurn).unref()).unref()
  }

  /** Whether the waits may still end. If not, they no longer keep the loop alive. */
  #canEnd(): boolean {
    if (this.#waits.limitedCount > 0 || !this.#listenForBeforeExit()) return true
    this.#waits.ref(false)
    return this.#checks.loopMayAct()
  }

  /** Adds the listener again if the program has removed it. False if that fails. */
  #listenForBeforeExit(): boolean {
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
