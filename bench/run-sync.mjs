import { createSyncFn } from 'synckit'
import { createSyncFunction } from '../examples/run-sync/run-sync.mjs'
import { distribution, inTurn } from './measure.mjs'

/**
 * @param {(value: number) => number} call
 * @param {number} calls
 * @param {number} pause the main thread computes for so many milliseconds after each call
 */
function times(call, calls, pause) {
  const times = new Float64Array(calls)
  for (let i = 0; i < calls; i++) {
    const before = performance.now()
    const value = call(i)
    const after = performance.now()
    times[i] = (after - before) * 1e6
    if (value !== i + 1) throw new Error('a wrong answer')
    if (pause > 0) while (performance.now() < after + pause);
  }
  return times
}

/** @type {import('./measure.mjs').Row} */
export default {
  async run({ quick }) {
    /** @type {(value: number) => number} */
    const ours = createSyncFunction(new URL('run-sync-function.mjs', import.meta.url))
    /** @type {(value: number) => number} */
    const theirs = createSyncFn(new URL('run-sync-synckit.mjs', import.meta.url))
    /** @param {number} rounds @param {number} calls @param {number} pause */
    const measure = (rounds, calls, pause) =>
      inTurn(rounds, {
        ours: () => times(ours, calls, pause),
        synckit: () => times(theirs, calls, pause),
      })
    const targets = { targets: { synckit: 1 } }
    return [
      ...distribution('synchronous call', await measure(quick ? 15 : 101, 500, 0), targets),
      ...distribution(
        'synchronous call; 1 ms after the last',
        await measure(quick ? 9 : 41, 50, 1),
        targets,
      ),
    ]
  },
}
