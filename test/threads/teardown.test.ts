import { expect, test } from 'vitest'
import { Child } from '../helpers/child'

/** The stress run goes on for all of its time. */
const THREADS = 60
const ONLY_WORKERS_ROUNDS = 9

interface Figures {
  threads: number
  exit: number
  throw: number
  terminate: number
  underReleases: number
  settled: number
}

test('threads exit, throw or are terminated with waits pending, half of them under releases', async () => {
  const seed = Date.now() % 100_000
  console.log(`seed ${seed}`)
  const child = Child.node('threads/fixtures/teardown-storm.mjs', ['0', `${seed}`, `${THREADS}`])
  const ended = await child.ended
  expect(ended).toExitCleanly()
  const { stdout } = ended
  const figures = JSON.parse(stdout) as Figures
  console.log(figures)
  expect(figures.threads).toBeGreaterThanOrEqual(THREADS)
  expect(figures.underReleases).toBeGreaterThanOrEqual(THREADS / 2)
  for (const way of ['exit', 'throw', 'terminate'] as const) {
    expect(figures[way]).toBeGreaterThanOrEqual(THREADS / 4)
  }
  // They lived long enough to be woken.
  expect(figures.settled).toBeGreaterThan(5 * THREADS)
})

test('the main thread never loads the addon, its workers come and go', async () => {
  expect(
    await Child.node('threads/fixtures/teardown-only-workers.mjs', [`${ONLY_WORKERS_ROUNDS}`])
      .ended,
  ).toExitCleanly(`${ONLY_WORKERS_ROUNDS} rounds\n`)
})
