import { test } from 'vitest'
import { double, newSeed } from '../helpers/stress'

const seed = () => `${newSeed()}`

test('time-outs and aborts that race with a release', async () => {
  await double('wait-async/fixtures/promise-races.mjs', 4000, (work) => [`${work}`, seed()])
})

test('generations that a continuation begins', async () => {
  await double('wait-async/fixtures/reuse-by-continuation.mjs', 4000, (work) => [`${work}`])
})
