import { test } from 'vitest'
import { double } from '../helpers/stress'

test('time-outs that race with releases', async () => {
  await double('wait/fixtures/generations.mjs', 5000, (work) => [
    '4',
    `${work}`,
    `${Date.now() % 1e6}`,
    'timed',
  ])
})
