/** The sides that rows compare. Each has the methods of `Group` that its rows use. */
import { receiveMessageOnPort } from 'node:worker_threads'
import { WaitGroup } from 'futex-waitgroup'
import { AtomicsWaitGroup, SpinningAtomicsWaitGroup } from './atomics-wait-group.mjs'

/** @typedef {{ add(delta: number): void, done(): void, wait(): boolean }} Group */
/** @typedef {{ add(delta: number): void, done(): void, waitAsync(): Promise<unknown> }} AsyncGroup */
/** @typedef {import('node:worker_threads').MessagePort} MessagePort */

/** The groups that block, by the names that the tables have. */
export const blocking = {
  ours: WaitGroup,
  Atomics: AtomicsWaitGroup,
  'Atomics, spins': SpinningAtomicsWaitGroup,
}

/** @typedef {keyof typeof blocking} Blocking */
export const blockingNames = /** @type {Blocking[]} */ (Object.keys(blocking))

/**
 * The loops of loops.mjs, compiled for this side alone: V8 would compile one loop for all classes
 * that it has seen.
 *
 * @param {string} side
 * @returns {Promise<typeof import('./loops.mjs')>}
 */
export function loopsFor(side) {
  return import(`./loops.mjs?${encodeURIComponent(side)}`)
}

/**
 * One end of a one-way line of messages, in the form of a group: `done` sends one, `wait` receives
 * one and sleeps in `Atomics.wait` until then.
 */
export class MessageGroup {
  /**
   * @param {MessagePort} port
   * @param {Int32Array} sent
   */
  constructor(port, sent) {
    this.port = port
    this.sent = sent
  }

  add() {}

  done() {
    this.port.postMessage(0)
    Atomics.add(this.sent, 0, 1)
    Atomics.notify(this.sent, 0)
  }

  wait() {
    for (;;) {
      const sent = Atomics.load(this.sent, 0)
      if (receiveMessageOnPort(this.port) !== undefined) return true
      Atomics.wait(this.sent, 0, sent)
    }
  }
}

/** The same for event loops. From its first `waitAsync` on, the port holds the event loop. */
export class AsyncMessageGroup {
  /** @type {((value?: unknown) => void) | undefined} */
  #received

  /** @param {MessagePort} port */
  constructor(port) {
    this.port = port
  }

  add() {}

  done() {
    this.port.postMessage(0)
  }

  /** @returns {Promise<unknown>} */
  waitAsync() {
    if (this.#received === undefined) this.port.on('message', () => this.#received?.())
    return new Promise((resolve) => {
      this.#received = resolve
    })
  }
}
