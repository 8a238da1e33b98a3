import { describe, expect, test } from 'vitest'
import { Child } from './support/child'

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
  ])('$name', async ({ name, seen }) => {
    const { stdout, ...ended } = await Child.node('evaluations.cjs', [name], 60).ended
    expect(ended).toEqual({ code: 0, signal: null, stderr: '' })
    expect(JSON.parse(stdout)).toEqual(seen)
  })
})
