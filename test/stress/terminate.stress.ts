import { test } from 'vitest'
import { double } from '../helpers/stress'

test('terminate() at any point of a wait', async () => {
  await double('wait/fixtures/terminate-anywhere.mjs', 10, (work) => [
    `${work}`,
    `${Date.now() % 1e6}`,
  ])
})
