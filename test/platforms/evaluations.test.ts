import { describe, expect, test } from 'vitest'
import { Child } from '../helpers/child'

const DEADLOCK = 'ERR_WAITGROUP_DEADLOCK'

describe.concurrent('the JavaScript evaluated many times in one thread', () => {
  test.each([
    {
      // waitAsync() threw "bad native arguments" from the second evaluation on.
      name: 'promise waits',
      seen: [0, 1, 2].flatMap((round) => [true, true, false, round]),
    },
    { name: 'waits of several evaluations at once', seen: [true, true, true] },
    {
      name: 'errors are those of their own evaluation',
      seen: [true, false, true, DEADLOCK, DEADLOCK],
    },
    {
      name: 'threads of several evaluations',
      seen: [0, 1, 2].flatMap(() => [true, 3, 'boom']),
    },
    { name: 'a Worker of an earlier evaluation is no deadlock', seen: [true] },
    { name: 'a thread of an earlier evaluation that has counted down', seen: [DEADLOCK] },
    {
      // Node 20 and 22 give no Symbol.dispose to a vm context: the abort listener stayed.
      name: 'waits in several vm contexts',
      seen: [0, 1, 2].flatMap((round) => [false, round, true, 0, true]),
    },
    // The first one has what all share, the last one is in require.cache. The last 16 Workers
    // were kept too, and their evaluations with them.
    { name: 'old evaluations are collected', seen: [0, 59] },
    { name: 'old evaluations are collected in a worker', seen: [0, 19] },
    // Each evaluation wrapped the function of the one before.
    { name: "a worker's stdout is changed once", seen: [true, true, true] },
  ])('$name', async ({ name, seen }) => {
    const { stdout, ...ended } = await Child.node('platforms/fixtures/evaluations.cjs', [name], {
      flags: ['--expose-gc'],
    }).ended
    expect(ended).toEqual({ code: 0, signal: null, stderr: '' })
    expect(JSON.parse(stdout)).toEqual(seen)
  })
})
