import { test } from 'vitest'
import { double, newSeed } from '../helpers/stress'

test('generations of six threads', async () => {
  await double('wait/fixtures/generations.mjs', 5000, (work) => [
    '6',
    `${work}`,
    `${newSeed()}`,
    'mixed',
  ])
})
