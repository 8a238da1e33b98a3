import { expect, test } from 'vitest'
import { runJson } from '../helpers/run-json'
import { KILL_SECONDS, SECONDS } from '../helpers/stress'

test('old evaluations of the package are collected, however many there were', async () => {
  const end = performance.now() + SECONDS * 1000
  for (let rounds = 60; ; rounds *= 2) {
    const args = ['old evaluations are collected', `${rounds}`]
    const options = { flags: ['--expose-gc'], killSeconds: KILL_SECONDS }
    const kept = await runJson('platforms/fixtures/evaluations.cjs', args, options)
    // The first one has what all share, the last one is in require.cache.
    expect(kept).toEqual([0, rounds - 1])
    if (performance.now() > end) break
  }
})
