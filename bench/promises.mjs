/**
 * Code that the promise rows share. They use nothing but the promise wait, so one type serves for
 * both sides.
 */
import { WaitGroup } from 'futex-waitgroup'
import { AtomicsWaitGroup } from './atomics-wait-group.mjs'
import { place, places } from './measure.mjs'

/** @typedef {{ add(delta?: number): void, done(): void, waitAsync(): Promise<boolean> }} Group */

/** @returns {string | undefined} Why the promise rows cannot run, if they cannot. */
export function missing() {
  if (!('waitAsync' in WaitGroup.prototype)) return 'this WaitGroup has no waitAsync()'
  return undefined
}

/**
 * Both sides' groups, in the same memory.
 *
 * @param {SharedArrayBuffer} buffer From `places(2)` or more.
 */
export function groups(buffer = places(2)) {
  const ours = /** @type {unknown} */ (new WaitGroup(buffer, place(0)))
  /** @type {Group} */
  const theirs = new AtomicsWaitGroup(buffer, place(1))
  return { ours: /** @type {Group} */ (ours), theirs }
}
