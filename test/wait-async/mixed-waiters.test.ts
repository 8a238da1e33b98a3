import { expect, test } from 'vitest'
import { runJson } from '../helpers/run-json'

const ROUNDS = 20

// [threads, how many of them block, promises in each thread, promises in the main thread]
test.for([
  [1, 1, 0, 1],
  [1, 0, 1, 1],
  [2, 1, 1, 1],
  [4, 4, 0, 10],
  [4, 4, 5, 0],
  [4, 2, 50, 100],
  [6, 3, 1000, 1],
])('one done() releases all, any mix: %j', async (mix) => {
  const [threads = 0, blocked = 0, promises = 0, mine = 0] = mix
  expect(
    await runJson('wait-async/fixtures/mixed-waiters.mjs', [...mix, ROUNDS].map(String)),
  ).toEqual({
    rounds: ROUNDS,
    waiters: threads * promises + blocked + mine,
  })
})
