import { createSyncFn } from 'synckit'
import { createSyncFunction } from '../examples/run-sync/run-sync.mjs'
import { distribution, interleave } from './measure.mjs'

const CALLS = 500

/** @typedef {typeof import('./run-sync-function.mjs').default} Increment */

/** @type {import('./measure.mjs').Row} */
export default {
  name: 'run-sync',
  run({ quick }) {
    /** @type {ReturnType<typeof createSyncFunction<Increment>>} */
    const ours = createSyncFunction(new URL('run-sync-function.mjs', import.meta.url))
    /** @type {(value: number) => number} */
    const theirs = createSyncFn(new URL('run-sync-synckit.mjs', import.meta.url))

    /** @param {(value: number) => number} call */
    const times = (call) => {
      const times = new Float64Array(CALLS)
      let last = performance.now()
      for (let i = 0; i < CALLS; i++) {
        if (call(i) !== i + 1) throw new Error('a wrong answer')
        const time = performance.now()
        times[i] = (time - last) * 1e6
        last = time
      }
      return times
    }
    const result = interleave(
      quick ? 7 : 41,
      () => times(ours),
      () => times(theirs),
    )
    return distribution('synchronous call of an async function; theirs: synckit', result, 1)
  },
}
