import { holdEventLoop, inTurn, line, now } from './measure.mjs'
import { localGroups } from './promise-sides.mjs'

const CYCLES = 2000

/** @param {import('./sides.mjs').AsyncGroup} group */
async function cycles(group) {
  const start = now()
  for (let i = 0; i < CYCLES; i++) {
    group.add(1)
    const wait = group.waitAsync()
    group.done()
    await wait
  }
  return (now() - start) / CYCLES
}

/** @type {import('./measure.mjs').Row} */
export default {
  run: ({ quick }) =>
    holdEventLoop(async () => {
      const sides = Object.entries(localGroups()).map(([name, group]) => [
        name,
        () => cycles(group),
      ])
      const samples = await inTurn(quick ? 15 : 51, Object.fromEntries(sides))
      return [
        line('add, waitAsync, done, await, in one thread', 'ns', samples, {
          targets: { jpwilliams: 2.5 },
        }),
      ]
    }),
}
