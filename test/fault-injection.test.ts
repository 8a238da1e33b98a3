// Garbage in the shared memory: wrong answers, but no crash, no hang, and nothing touched beside it.
import { expect, test } from 'vitest'
import { Child } from './support/child'

// A fifth of what the stress run begins with.
const WRITES = 20_000

test(`${WRITES} random writes into groups that are in use harm nobody else`, async () => {
  const { code, signal, stdout, stderr } = await Child.node(
    'fault-injection.mjs',
    [String(WRITES)],
    150,
  ).ended
  expect({ code, signal, stderr }).toEqual({ code: 0, signal: null, stderr: '' })
  const result = JSON.parse(stdout) as { [figure: string]: number }
  expect(result['written']).toBe(WRITES)
  expect(result['errors']).toBeGreaterThan(WRITES / 100)
  // Each thread may wait six seconds for a permit that never comes; all of it is bounded.
  expect(result['slowest']).toBeLessThan(30_000)
  expect(result['terminated']).toBeLessThan(30_000)
}, 160_000)
