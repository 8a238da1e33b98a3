/**
 * When a parent whose event loop does not run prints what its threads have sent: at each poll of a
 * blocked wait, when a wait returns, and when its environment ends.
 *
 *   T1 (a thread)                            T2 (its parent)
 *   a: posts a message                       c: sets `Drains` to `Yes`
 *   b: raises `Posted`                       d: reads `Posted`
 *   e: sets `Drains` from `Yes` to `Alerted` f: if it has changed, receives from all ports
 *   g: if e has changed it, alerts T2's wait
 *
 * If d sees b, f receives what a has posted. If not, c is before b, and hence before e: so g makes T2
 * poll again, or another thread's g has since c. The end of the environment does not look at `Posted`.
 * A thread that is terminated between a and b is seen with the next message of another one.
 */
import { MessageChannel, type MessagePort, type Worker } from 'node:worker_threads'
import { Shared } from '../../binding/shared'
import { isBun } from '../../runtime/host'
import { pollHooks, returnHooks } from '../../waits/blocking'
import { Drains, type OutputStart, Word, WORDS_BYTES } from './messages'
import { OutputReceiver } from './receiver'

/** What all evaluations of this package in this thread share. */
interface Outputs {
  readonly open: Set<Pick<OutputReceiver, 'drain'>>
  /** See {@link Word}. */
  readonly words: Int32Array
}

/** The most passes in one poll. Bounds how late a wait sees its time-out, or that it was terminated. */
const MAX_PASSES = 10

const sharedOutputs = new Shared<Outputs>('outputs')

function openOutputs(): Outputs {
  const open: Outputs['open'] = new Set()
  const words = new Int32Array(new SharedArrayBuffer(WORDS_BYTES))
  let seen = 0
  const drainIfPosted = (): void => {
    const posted = Atomics.load(words, Word.Posted)
    if (posted === seen) return
    seen = posted
    drainAll(open)
  }
  let isBlocked = false
  pollHooks.add(() => {
    isBlocked = true
    Atomics.store(words, Word.Drains, Drains.Yes)
    for (let pass = 0; pass < MAX_PASSES; pass++) {
      const acknowledged = Atomics.load(words, Word.Acknowledged)
      drainIfPosted()
      // A thread that may have waited continues now, so do not leave it to the next poll.
      if (Atomics.load(words, Word.Acknowledged) === acknowledged) return
      Atomics.wait(words, Word.Posted, seen, 1)
    }
  })
  returnHooks.push(() => {
    drainIfPosted()
    if (!isBlocked) return
    isBlocked = false
    Atomics.store(words, Word.Drains, Drains.No)
  })
  try {
    // Before a listener of the program, which may throw or call process.exit().
    process.prependListener('exit', () => {
      drainAll(open, true)
    })
  } catch {
    // A frozen process accepts no listener.
  }
  return { open, words }
}

function drainAll(open: Outputs['open'], isLast = false): void {
  for (const output of open) output.drain(isLast)
}

/** The way of one thread's output. */
export class OutputChannel {
  readonly start: Omit<OutputStart, 'streams'>
  readonly #outputs: Outputs
  readonly #port: MessagePort
  #receiver: OutputReceiver | undefined

  private constructor(outputs: Outputs) {
    const { port1, port2 } = new MessageChannel()
    this.#outputs = outputs
    this.#port = port1
    this.start = { port: port2, words: outputs.words }
  }

  /** @returns undefined on Bun, whose threads print by themselves. */
  static create(): OutputChannel | undefined {
    return isBun ? undefined : new OutputChannel((sharedOutputs.value ??= openOutputs()))
  }

  /** The thread has started. */
  connect(thread: Worker): void {
    this.#receiver = new OutputReceiver(this.#port, this.#outputs.words, thread)
    this.#outputs.open.add(this.#receiver)
  }

  /** The thread has ended, or could not be started. */
  close(): void {
    if (this.#receiver !== undefined) {
      this.#outputs.open.delete(this.#receiver)
      this.#receiver.drain()
    }
    this.#port.close()
  }
}
