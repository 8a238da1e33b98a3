import { afterAll, describe, expect, test } from 'vitest'
import { byName } from '../helpers/by-name'
import { MixedWaiters, PromiseWaiters } from '../helpers/promise-waiters'
import { replay, scenarios, type Scenario, type Waiters } from '../helpers/replay'
import { ThreadWaiters } from '../helpers/thread-waiters'

// Go takes the sign of a delta of 2^32, which is 0 in 32 bits, for a misuse.
const NOT_IN_32_BITS = 'int64: poke(0,1), add(2^32) is misuse'

/** The steps as they went here, up to where the replay had to be cut. */
async function check(scenario: Scenario, waiters: Waiters): Promise<void> {
  const { steps, cut } = await replay(scenario, waiters)
  expect(cut).toBe(scenario.name === NOT_IN_32_BITS)
  expect(steps).toEqual(cut ? scenario.steps.slice(0, steps.length) : scenario.steps)
}

const promises = new PromiseWaiters()
const threads = new ThreadWaiters()
afterAll(() => threads.close())

// All of them: one thread's promises do not run between two synchronous steps ("atomic").
describe('each recorded scenario goes as in Go, with promises as the waiters', () => {
  test.each(byName(scenarios))('%s', (_, scenario) => check(scenario, promises))
})

// What no thread can be asked for: that none of them runs between two steps, and a queue that is
// first in, first out.
const mixable = scenarios.filter(
  ({ tags }) => !['atomic', 'fifo'].some((tag) => tags.includes(tag)),
)

// With fewer than two waiters they would be the replays with promises or threads alone.
const severalWaiters = mixable.filter(
  ({ steps }) => steps.filter(({ op }) => op === 'spawnWait').length > 1,
)

describe('each goes as in Go with every second waiter a promise, the others threads', () => {
  test.each(byName(severalWaiters))('%s', (_, s) =>
    check(s, new MixedWaiters([promises, threads], 0)),
  )
})

describe('and with the others promises, every second one a thread', () => {
  test.each(byName(severalWaiters))('%s', (_, s) =>
    check(s, new MixedWaiters([promises, threads], 1)),
  )
})

test('scenarios with several waiters are recorded, and replayed with both kinds', () => {
  expect(severalWaiters).not.toEqual([])
})
