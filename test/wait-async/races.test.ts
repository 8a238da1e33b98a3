import { expect, test } from 'vitest'
import { Child } from '../helpers/child'

const ROUNDS = 4000

test('time-outs and aborts that race with a release have one outcome and leave nothing', async () => {
  const seed = Date.now() % 100_000
  console.log(`seed ${seed}`)
  const ended = await Child.node('wait-async/fixtures/promise-races.mjs', [`${ROUNDS}`, `${seed}`])
    .ended
  expect(ended).toExitCleanly()
  const figures = JSON.parse(ended.stdout) as Record<string, number>
  console.log(figures)
  // It was a race: each of them won some.
  for (const count of Object.values(figures)) expect(count).toBeGreaterThan(ROUNDS / 40)
})
