import { afterAll, describe, expect, test } from 'vitest'
import { replay, scenarios, type Scenario } from '../helpers/replay'
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

describe('each of the 396 recorded scenarios goes as in Go, with threads as the waiters', () => {
  test.for(forThreads)('$name', async (scenario) => {
    const { steps, cut } = await replay(scenario, threads)
    expect(cut).toBe(scenario.name === NOT_IN_32_BITS)
    expect(steps).toEqual(cut ? scenario.steps.slice(0, steps.length) : scenario.steps)
  })
})

test('nothing but the 39 atomic scenarios and the 1 about order is left out', () => {
  const count = (tag: string) => scenarios.filter(({ tags }) => tags.includes(tag)).length
  expect({
    recorded: scenarios.length,
    replayed: forThreads.length,
    atomic: count('atomic'),
    fifo: count('fifo'),
    names: new Set(scenarios.map(({ name }) => name)).size,
    steps: forThreads.flatMap(({ steps }) => steps).length,
    waits: forThreads.flatMap(({ steps }) => steps).filter(({ op }) => op === 'spawnWait').length,
  }).toEqual({
    recorded: 436,
    replayed: 396,
    atomic: 39,
    fifo: 1,
    names: 436,
    steps: 6461,
    waits: 906,
  })
})

test('every delta outside int32 of the 15 scenarios that have one is refused', async () => {
  const wide = forThreads.filter(({ tags }) => tags.includes('int64'))
  expect(wide).toHaveLength(15)
  let refused = 0
  for (const scenario of wide) refused += (await replay(scenario, threads)).refused
  expect(refused).toBe(18)
})
