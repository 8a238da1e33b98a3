import { test } from 'vitest'
import { double } from '../helpers/stress'

const seed = () => `${Date.now() % 1e6}`

test('time-outs and aborts that race with a release', async () => {
  await double('wait-async/fixtures/promise-races.mjs', 4000, (work) => [`${work}`, seed()])
})

test('generations that a continuation begins', async () => {
  await double('wait-async/fixtures/reuse-by-continuation.mjs', 4000, (work) => [`${work}`])
})
