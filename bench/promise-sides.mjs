/** The sides of the promise rows. */
import jpwilliams from '@jpwilliams/waitgroup'
import { WaitGroup } from 'futex-waitgroup'
import { AtomicsWaitGroup } from './atomics-wait-group.mjs'
import { place, places } from './measure.mjs'
import { AsyncMessageGroup } from './sides.mjs'

/** @import { AsyncGroup, MessagePort } from './sides.mjs' */

/** @returns {AsyncGroup} */
function jpwilliamsGroup() {
  const group = new jpwilliams.WaitGroup()
  return {
    add: (delta) => group.add(delta),
    done: () => group.done(),
    waitAsync: () => group.wait(),
  }
}

/**
 * Groups in one thread.
 *
 * @returns {{ ours: AsyncGroup, 'Atomics.waitAsync': AsyncGroup, jpwilliams: AsyncGroup }}
 */
export function localGroups() {
  return { ...sharedGroups(places(2), 0), jpwilliams: jpwilliamsGroup() }
}

/**
 * Groups of two threads.
 *
 * @param {SharedArrayBuffer} buffer
 * @param {number} first The first of two places.
 * @returns {{ ours: AsyncGroup, 'Atomics.waitAsync': AsyncGroup }}
 */
export function sharedGroups(buffer, first) {
  return {
    ours: new WaitGroup(buffer, place(first)),
    'Atomics.waitAsync': new AtomicsWaitGroup(buffer, place(first + 1)),
  }
}

/**
 * @param {SharedArrayBuffer} buffer
 * @param {number} first The first of two places.
 * @param {MessagePort} port
 * @returns {[string, AsyncGroup][]}
 */
export function groupsAndMessages(buffer, first, port) {
  return [...Object.entries(sharedGroups(buffer, first)), ['messages', new AsyncMessageGroup(port)]]
}
