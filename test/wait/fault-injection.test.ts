// Garbage in the shared memory: wrong answers, but no crash, no hang, and nothing touched beside it.
import { expect, test } from 'vitest'
import { Child } from '../helpers/child'

/** The stress run begins with twenty times as many. */
const WRITES = 5000

test('random writes into groups that are in use harm nothing beside them', async () => {
  const ended = await Child.node('wait/fixtures/fault-injection.mjs', [`${WRITES}`]).ended
  expect(ended).toExitCleanly()
  const result = JSON.parse(ended.stdout) as { [figure: string]: number }
  expect(result['written']).toBe(WRITES)
  expect(result['errors']).toBeGreaterThan(WRITES / 100)
  // A thread may wait six seconds for a permit that never comes; all of it is bounded. In
  // milliseconds, with room for a machine that is busy.
  expect(result['slowest']).toBeLessThan(120_000)
  expect(result['terminated']).toBeLessThan(120_000)
})
