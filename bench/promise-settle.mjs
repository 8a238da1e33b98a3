import { holdEventLoop, interleaveAsync, now } from './measure.mjs'
import { groups, missing } from './promises.mjs'

const WAITS = 10_000

/**
 * @returns the time from done() until the last continuation has run
 *
 * @param {import('./promises.mjs').Group} group
 */
async function settle(group) {
  group.add(1)
  let left = WAITS
  const last = new Promise((resolve) => {
    for (let i = 0; i < WAITS; i++) {
      void group.waitAsync().then(() => {
        if (--left === 0) resolve(undefined)
      })
    }
  })
  const start = now()
  group.done()
  await last
  return now() - start
}

/** @type {import('./measure.mjs').Row} */
export default {
  name: 'promise-settle',
  missing,
  run: ({ quick }) =>
    holdEventLoop(async () => {
      const { ours, theirs } = groups()
      const rounds = await interleaveAsync(
        quick ? 5 : 31,
        () => settle(ours),
        () => settle(theirs),
      )
      return [{ name: 'settling 10,000 promise waits', unit: 'ns', ...rounds, target: 0.5 }]
    }),
}
