import { test } from 'vitest'
import { double, newSeed } from '../helpers/stress'

test('time-outs that race with releases', async () => {
  await double('wait/fixtures/generations.mjs', 5000, (work) => [
    '4',
    `${work}`,
    `${newSeed()}`,
    'timed',
  ])
})
