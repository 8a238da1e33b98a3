import { describe, expect, test } from 'vitest'
import { byName } from '../helpers/by-name'
import { Child } from '../helpers/child'

const getters = ['execArgv', 'env', 'name', 'transferList', 'workerData', 'stdin']

/** The threads end with 6, what is started inside of the constructor with 5. */
const cases = [
  {
    name: 'a subscriber that starts a worker',
    seen: { environmentData: null, exitCode: 6, workers: [5] },
  },
  {
    name: 'a subscriber that terminates the thread',
    seen: {
      countInside: 0,
      waited: true,
      failed: false,
      exitCode: 1,
      joined: true,
      failedAtExit: false,
      count: 0,
    },
  },
  {
    name: 'a subscriber that asks the thread',
    seen: {
      inside: { failed: false, error: null, exitCode: null, joined: false },
      waited: true,
      exitCode: 6,
    },
  },
  {
    name: 'a subscriber that joins the thread',
    seen: { inside: { joined: true, count: 0, exitCode: 6 }, exitCode: 6 },
  },
  {
    name: 'a subscriber that joins a thread that cannot start',
    seen: { inside: { joined: true, count: 0, failed: true } },
  },
  {
    name: 'a subscriber that spawns',
    seen: { innerInside: null, inner: 5, waited: true, exitCode: 6 },
  },
  { name: 'a getter in workerData that spawns', seen: { waited: true, exitCode: 5 } },
  {
    name: 'a getter in workerData that throws',
    seen: {
      error: 'Error: of the getter',
      count: 0,
      environmentData: null,
      waited: true,
      exitCode: 6,
    },
  },
  ...getters.map((key) => ({
    name: `a getter for ${key} that spawns`,
    seen: { inner: 5, waited: true, exitCode: 6 },
  })),
  ...getters.map((key) => ({
    name: `a getter for ${key} that starts a worker`,
    seen: { waited: true, exitCode: 6, workers: [5] },
  })),
]

describe.concurrent('user code inside of the constructor of a thread', () => {
  test.each(byName<{ name: string; seen: object }>(cases))('%s', async (name, { seen }) => {
    const ended = await Child.node('threads/fixtures/constructor.mjs', [name]).ended
    expect(ended).toExitCleanly()
    expect(JSON.parse(ended.stdout)).toEqual(seen)
  })
})
