import { describe, expect, test } from 'vitest'
import { byName } from '../helpers/by-name'
import { allSteps, checkDeath, checkScene } from '../helpers/deaths'
import { deaths, scenes } from '../threads/fixtures/deaths.mjs'

const TIMES = 15

/** Fifteen hundred threads, in one row, take their time. */
const KILL_SECONDS = 1500
const LIMIT = 1000 * (KILL_SECONDS + 10)

/** How long a join took, in milliseconds. None may come near the two seconds that are promised. */
function report(name: string, milliseconds: number[]): void {
  const sorted = milliseconds.toSorted((a, b) => a - b)
  const median = sorted[sorted.length >> 1]
  console.log(`${sorted.length} times ${name}: median ${median} ms, longest ${sorted.at(-1)} ms`)
}

describe('the parent finds how a thread died while it was blocked in wait()', () => {
  test.each(byName(deaths))(
    '%s',
    async (_, row) => {
      const steps = allSteps(row, TIMES)
      const milliseconds = await checkDeath(row, steps, { killSeconds: KILL_SECONDS })
      report(row.name, milliseconds)
      expect(milliseconds.length).toBeGreaterThanOrEqual(TIMES)
    },
    LIMIT,
  )
})

describe('no wait hangs after', () => {
  test.each(scenes)(
    '%s',
    async (scene) => {
      const milliseconds = await checkScene(scene, TIMES, 100, { killSeconds: KILL_SECONDS })
      report(scene, milliseconds)
      expect(milliseconds).toHaveLength(TIMES)
    },
    LIMIT,
  )
})
