import { afterAll, describe, expect, test } from 'vitest'
import { byName } from '../helpers/by-name'
import { replay, scenarios, type Scenario, type Step } from '../helpers/replay'
import { ThreadWaiters } from '../helpers/thread-waiters'

// What no thread can be asked for: that none of them runs between two steps, and to sleep in a queue
// that is first in, first out (a futex promises no order).
const NOT_FOR_THREADS = ['atomic', 'fifo']

// Go takes the sign of a delta of 2^32, which is 0 in 32 bits, for a misuse.
const NOT_IN_32_BITS = 'int64: poke(0,1), add(2^32) is misuse'

const isForThreads = ({ tags }: Scenario) => !NOT_FOR_THREADS.some((tag) => tags.includes(tag))
const forThreads = scenarios.filter(isForThreads)

const threads = new ThreadWaiters()
afterAll(() => threads.close())

describe('each recorded scenario goes as in Go, with threads as the waiters', () => {
  test.each(byName(forThreads))('%s', async (_, scenario) => {
    const { steps, cut } = await replay(scenario, threads)
    expect(cut).toBe(scenario.name === NOT_IN_32_BITS)
    expect(steps).toEqual(cut ? scenario.steps.slice(0, steps.length) : scenario.steps)
  })
})

test('no scenario is left out but for its tag, and each has a name of its own', () => {
  const names = scenarios.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
  expect(forThreads).not.toEqual([])
  const left = scenarios.filter((scenario) => !forThreads.includes(scenario))
  expect(
    new Set(left.flatMap(({ tags }) => tags.filter((tag) => NOT_FOR_THREADS.includes(tag)))),
  ).toEqual(new Set(NOT_FOR_THREADS))
})

/** The deltas in these steps that 32 bits do not hold. */
function wideDeltas(steps: readonly Step[]): number {
  return steps.reduce((sum, step) => {
    if (step.op === 'atomic') return sum + wideDeltas(step.steps)
    return sum + (step.op === 'add' && (step.delta | 0) !== step.delta ? 1 : 0)
  }, 0)
}

test('every delta outside int32 is refused, in the scenarios that have one', async () => {
  const wide = forThreads.filter(({ steps }) => wideDeltas(steps) > 0)
  expect(wide).toEqual(forThreads.filter(({ tags }) => tags.includes('int64')))
  expect(wide).not.toEqual([])
  for (const scenario of wide) {
    const { refused, cut } = await replay(scenario, threads)
    const expected = wideDeltas(scenario.steps)
    // A cut replay stops at the delta that no 32 bits can stand for.
    if (cut) expect(refused).toBeGreaterThan(0)
    else
      expect({ name: scenario.name, refused }).toEqual({ name: scenario.name, refused: expected })
  }
})
