// Garbage in the shared memory: wrong answers, but no crash, no hang, and nothing touched beside it.
import { expect, test } from 'vitest'
import { Child } from './support/child'

test('100,000 random writes into groups that are in use harm nobody else', async () => {
  const { code, signal, stdout, stderr } = await Child.node('fault-injection.mjs', [], 150).ended
  expect({ code, signal, stderr }).toEqual({ code: 0, signal: null, stderr: '' })
  const result = JSON.parse(stdout) as { [figure: string]: number }
  expect(result['written']).toBe(100_000)
  expect(result['errors']).toBeGreaterThan(1000)
  // Each thread may wait six seconds for a permit that never comes; all of it is bounded.
  expect(result['slowest']).toBeLessThan(30_000)
  expect(result['terminated']).toBeLessThan(30_000)
}, 160_000)
