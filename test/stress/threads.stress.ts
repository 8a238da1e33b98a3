import { test } from 'vitest'
import { double } from '../helpers/stress'

test('generations of six threads', async () => {
  await double('wait/fixtures/generations.mjs', 5000, (work) => [
    '6',
    `${work}`,
    `${Date.now() % 1e6}`,
    'mixed',
  ])
})
