import { describe, expect, test } from 'vitest'
import { Child } from '../helpers/child'

const getters = ['execArgv', 'env', 'name', 'transferList', 'workerData', 'stdin']

describe.concurrent('user code inside of the constructor of a thread', () => {
  test.each([
    { name: 'a subscriber that starts a worker', seen: [null, 6, 5] },
    {
      name: 'a subscriber that terminates the thread',
      seen: [0, true, false, 1, true, false, 0],
    },
    { name: 'a subscriber that asks the thread', seen: [false, null, null, false, true, 6] },
    { name: 'a subscriber that joins the thread', seen: [true, 0, 6, 6] },
    { name: 'a subscriber that joins a thread that cannot start', seen: [true, 0, true] },
    { name: 'a subscriber that spawns', seen: [null, 5, true, 6] },
    { name: 'a getter in workerData that spawns', seen: [true, 5] },
    {
      name: 'a getter in workerData that throws',
      seen: ['Error: of the getter', 0, null, true, 6],
    },
    ...getters.map((key) => ({ name: `a getter for ${key} that spawns`, seen: [5, true, 6] })),
    ...getters.map((key) => ({
      name: `a getter for ${key} that starts a worker`,
      seen: [true, 6, 5],
    })),
  ])('$name', async ({ name, seen }) => {
    const ended = await Child.node('threads/fixtures/constructor.mjs', [name]).ended
    expect(ended).toExitCleanly()
    const { stdout } = ended
    expect(JSON.parse(stdout)).toEqual(seen)
  })
})
