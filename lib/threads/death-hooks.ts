import { isBun } from '../runtime/host'
import type { Report } from './protocol'
import { breakCauseCycle, serializeError } from './transfer/serialize-error'

/**
 * Reports how a spawned thread ends. Replaces `process.emit` and `process.reallyExit` instead of
 * adding listeners, which the script could count or remove. Node calls them in this order:
 *
 *   a normal end   emit exit
 *   process.exit() emit exit, reallyExit
 *   an error       emit uncaughtExceptionMonitor, then
 *                  - if there is a capture callback: the callback
 *                  - else: emit uncaughtException; if no listener handles it: emit exit, reallyExit
 *                  If a monitor, the callback or a listener throws: reallyExit, without emit exit.
 *                  The thread dies of what was thrown.
 *
 * Node emits `error` in the parent before the last reallyExit of an error. An exit listener that
 * calls process.exit() prevents that: the thread has not failed then.
 */

/** Saved before the script can replace them. */
const { apply, defineProperty, getOwnPropertyDescriptor, getPrototypeOf } = Reflect
const { is } = Object
const nextTurn = setImmediate

type Emit = (this: unknown, event: unknown, error: unknown) => unknown
type Exit = (this: unknown, code: unknown) => unknown
type Post = (report: Report) => void

const process_ = process as unknown as { _exiting?: boolean; emit: Emit; reallyExit?: Exit }

class DeathHooks {
  readonly #post: Post
  readonly #flush: () => void
  /** The error that monitors have seen. It may still be handled. */
  #open: { error: unknown } | undefined
  /** Not handled. The thread dies of it, unless an exit listener calls process.exit(). */
  #fatal: { error: unknown; reported: boolean } | undefined
  #exit: 'none' | 'listeners run' | 'listeners have run' = 'none'

  constructor(post: Post, flush: () => void) {
    this.#post = post
    this.#flush = flush
  }

  /** Skips a function that cannot be replaced. */
  install(): void {
    const { reallyExit } = process_
    const own = getOwnPropertyDescriptor(process, 'emit')?.value as Emit | undefined
    const onEmit = this.#onEmit.bind(this)
    const onReallyExit = this.#onReallyExit.bind(this)
    replace('emit', function emit(this: unknown, ...args) {
      // Looked up now, since a module may replace the prototype's method.
      const emit = own ?? (getPrototypeOf(process) as { emit: Emit }).emit
      return onEmit(args[0], args[1], () => apply(emit, this, args))
    })
    if (reallyExit === undefined) return
    replace('reallyExit', function (this: unknown, ...args) {
      onReallyExit(args[0])
      return apply(reallyExit, this, args)
    })
  }

  #onEmit(event: unknown, argument: unknown, emit: () => unknown): unknown {
    if (event === 'uncaughtExceptionMonitor') return this.#onMonitor(argument, emit)
    if (event === 'uncaughtException') return this.#onUncaught(argument, emit)
    // An `exit` event that the script emits does not end the thread.
    if (event === 'exit' && process_._exiting === true) return this.#onExit(argument, emit)
    return emit()
  }

  #onMonitor(error: unknown, emit: () => unknown): unknown {
    this.#open = { error }
    nextTurn(() => {
      this.#recover()
    }).unref()
    return this.#throwing(emit)
  }

  #onUncaught(error: unknown, emit: () => unknown): unknown {
    // An `uncaughtException` event that the script emits does not end the thread.
    if (this.#open === undefined || !is(this.#open.error, error)) return emit()
    this.#open = undefined
    const handled = this.#throwing(emit)
    if (Boolean(handled)) return handled
    this.#fatal = { error, reported: false }
    // Exit listeners will not be called again.
    if (process_._exiting === true) this.#reportFatal()
    return handled
  }

  /** If a listener throws, the thread dies of that error instead of the first one. */
  #throwing(emit: () => unknown): unknown {
    try {
      return emit()
    } catch (thrown) {
      this.#open = undefined
      this.#fatal = { error: thrown, reported: false }
      this.#reportFatal()
      throw thrown
    }
  }

  #onExit(code: unknown, emit: () => unknown): unknown {
    this.#exit = 'listeners run'
    try {
      const result = emit()
      this.#exit = 'listeners have run'
      this.#reportExit(process.exitCode ?? code, this.#fatal === undefined, false)
      return result
    } finally {
      if (this.#exit === 'listeners run') this.#exit = 'none' // one of them threw
      this.#flush()
      this.#reportFatal()
    }
  }

  #onReallyExit(code: unknown): void {
    this.#flush()
    // Clean if the script calls it (Node has not set `_exiting`) or an exit listener does.
    let clean = process_._exiting !== true || this.#exit === 'listeners run'
    if (!clean) {
      this.#reportFatal()
      clean = this.#exit === 'listeners have run' && this.#fatal === undefined
      // The capture callback has thrown. Only Node knows what, so this reports the first error.
      if (!clean && this.#open !== undefined) this.#reportError(this.#open.error, false)
    }
    this.#reportExit(code, clean, true)
  }

  /** The thread still runs one turn of the event loop later, so the error was handled. */
  #recover(): void {
    this.#open = undefined
    if (this.#fatal?.reported === true) this.#post({ type: 'recovered' })
    this.#fatal = undefined
  }

  #reportFatal(): void {
    if (this.#fatal === undefined || this.#fatal.reported) return
    this.#fatal.reported = true
    this.#reportError(this.#fatal.error, true)
    breakCauseCycle(this.#fatal.error)
  }

  #reportError(error: unknown, final: boolean): void {
    this.#post({ type: 'error', error: serializeError(error), final })
  }

  #reportExit(code: unknown, clean: boolean, called: boolean): void {
    const primitive = typeof code === 'number' || typeof code === 'string'
    this.#post({ type: 'exit', code: primitive ? Number(code) | 0 : 0, clean, called })
  }
}

/**
 * Installs the reports. On Bun by listeners, because Bun does not call `process.emit`.
 *
 * @param flush - Called after the exit listeners. Not on Bun.
 */
export function reportDeath(post: Post, flush: () => void): void {
  if (!isBun) {
    new DeathHooks(post, flush).install()
    return
  }
  let clean = true
  process.on('uncaughtExceptionMonitor', (error: unknown) => {
    const final = process.listenerCount('uncaughtException') === 0
    if (final) clean = false
    else nextTurn(post, { type: 'recovered' }).unref()
    post({ type: 'error', error: serializeError(error), final })
  })
  process.on('exit', (code: number) => {
    post({ type: 'exit', code, clean, called: undefined })
  })
}

function replace(name: 'emit' | 'reallyExit', value: (...args: unknown[]) => unknown): void {
  const enumerable = getOwnPropertyDescriptor(process, name)?.enumerable ?? false
  defineProperty(process, name, { value, enumerable, writable: true, configurable: true })
}
