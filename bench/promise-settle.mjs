import { holdEventLoop, inTurn, line, now } from './measure.mjs'
import { localGroups } from './promise-sides.mjs'

/** @import { AsyncGroup } from './sides.mjs' */

/** Each figure is of so many waits at least. */
const WAITS = 1000

/** Beyond it jpwilliams takes seconds: it takes each wait from the front of an array. */
const MOST_OF_JPWILLIAMS = 10_000

/**
 * @param {AsyncGroup} group
 * @param {number} waits
 * @returns the time from done() until the last continuation has run
 */
async function settle(group, waits) {
  let time = 0
  const repeats = Math.ceil(WAITS / waits)
  for (let repeat = 0; repeat < repeats; repeat++) {
    group.add(1)
    let left = waits
    const last = new Promise((resolve) => {
      for (let i = 0; i < waits; i++) {
        void group.waitAsync().then(() => {
          if (--left === 0) resolve(undefined)
        })
      }
    })
    const start = now()
    group.done()
    await last
    time += now() - start
  }
  return time / repeats
}

/** @type {import('./measure.mjs').Row} */
export default {
  run: ({ quick }) =>
    holdEventLoop(async () => {
      const lines = []
      for (const size of quick ? [1, 100, 10_000] : [1, 100, 10_000, 100_000]) {
        const { ours, jpwilliams, ...theirs } = localGroups()
        const groups =
          size > MOST_OF_JPWILLIAMS ? { ours, ...theirs } : { ours, ...theirs, jpwilliams }
        const sides = Object.entries(groups).map(([name, group]) => [
          name,
          () => settle(group, size),
        ])
        const samples = await inTurn(size > 10_000 || quick ? 9 : 31, Object.fromEntries(sides))
        const targets = size === 10_000 ? { targets: { 'Atomics.waitAsync': 0.5 } } : {}
        lines.push(line('settling pending waits of one group', 'ns', samples, { size, ...targets }))
      }
      return lines
    }),
}
