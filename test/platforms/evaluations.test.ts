import { describe, expect, test } from 'vitest'
import { byName } from '../helpers/by-name'
import { Child } from '../helpers/child'

const DEADLOCK = 'ERR_WAITGROUP_DEADLOCK'

describe.concurrent('the JavaScript evaluated many times in one thread', () => {
  test.each(
    byName([
      {
        // waitAsync() threw "bad native arguments" from the second evaluation on.
        name: 'promise waits',
        seen: [0, 1, 2].map((reason) => ({
          released: true,
          atZero: true,
          timedOut: false,
          reason,
        })),
      },
      { name: 'waits of several evaluations at once', seen: [true, true, true] },
      {
        name: 'errors are those of their own evaluation',
        seen: {
          firstOfFirst: true,
          firstOfSecond: false,
          secondOfSecond: true,
          codes: [DEADLOCK, DEADLOCK],
        },
      },
      {
        name: 'threads of several evaluations',
        seen: new Array(3).fill({ waited: true, exitCode: 3, message: 'boom' }),
      },
      { name: 'a Worker of an earlier evaluation is no deadlock', seen: { waited: true } },
      { name: 'a thread of an earlier evaluation that has counted down', seen: { code: DEADLOCK } },
      {
        // Node 20 and 22 give no Symbol.dispose to a vm context: the abort listener stayed.
        name: 'waits in several vm contexts',
        seen: [0, 1, 2].map((reason) => ({
          timedOut: false,
          reason,
          released: true,
          listeners: 0,
          ofItsOwnClass: true,
        })),
      },
      // The first one has what all share, the last one is in require.cache. The last 16 Workers
      // were kept too, and their evaluations with them.
      { name: 'old evaluations are collected', seen: [0, 29] },
      { name: 'old evaluations are collected in a worker', seen: [0, 19] },
      // Each evaluation wrapped the function of the one before.
      { name: "a worker's stdout is changed once", seen: [true, true, true] },
    ]),
  )('%s', async (name, { seen }) => {
    const child = Child.node('platforms/fixtures/evaluations.cjs', [name], {
      flags: ['--expose-gc'],
    })
    const ended = await child.ended
    expect(ended).toExitCleanly()
    expect(JSON.parse(ended.stdout)).toEqual(seen)
  })
})
