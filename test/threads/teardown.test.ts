import { expect, test } from 'vitest'
import { Child } from '../helpers/child'

interface Figures {
  threads: number
  exit: number
  throw: number
  terminate: number
  underReleases: number
  settled: number
}

test('200 threads exit, throw or are terminated with waits pending, half under releases', async () => {
  const seed = Date.now() % 100_000
  console.log(`seed ${seed}`)
  const child = Child.node('threads/fixtures/teardown-storm.mjs', ['0', `${seed}`, '200'])
  const { stdout, ...end } = await child.ended
  expect(end).toEqual({ code: 0, signal: null, stderr: '' })
  const figures = JSON.parse(stdout) as Figures
  console.log(figures)
  expect(figures.threads).toBeGreaterThanOrEqual(200)
  expect(figures.underReleases).toBeGreaterThanOrEqual(100)
  for (const way of ['exit', 'throw', 'terminate'] as const) {
    expect(figures[way]).toBeGreaterThan(50)
  }
  // They lived long enough to be woken.
  expect(figures.settled).toBeGreaterThan(1000)
})

test('the main thread never loads the addon, its workers come and go', async () => {
  expect(await Child.node('threads/fixtures/teardown-only-workers.mjs', ['20']).ended).toEqual({
    code: 0,
    signal: null,
    stdout: '20 rounds\n',
    stderr: '',
  })
})
