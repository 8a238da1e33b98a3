import { test } from 'vitest'
import { double, newSeed } from '../helpers/stress'

test('threads of run() that end in all ways, under waits of all kinds', async () => {
  await double('threads/fixtures/run-storm.mjs', 64, (work) => [`${work}`, `${newSeed()}`])
})
