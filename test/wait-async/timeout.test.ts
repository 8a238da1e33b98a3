import { expect, test } from 'vitest'
import { WaitGroup } from 'futex-waitgroup'
import { words } from '../helpers/memory'

/** Tells a delay from a hang; the machine may be busy. In nanoseconds. */
const LATE = 60_000_000_000n

test.for([Number.MIN_VALUE, 0.001, 0.1, 0.5, 1, 1.5, 19.99, 45.25])(
  'time-out %d never ends early, nor hangs',
  async (timeout) => {
    const wg = new WaitGroup()
    wg.add()
    for (let i = 0; i < 10; i++) {
      const start = process.hrtime.bigint()
      expect(await wg.waitAsync({ timeout })).toBe(false)
      const elapsed = process.hrtime.bigint() - start
      expect(elapsed).toBeGreaterThanOrEqual(BigInt(Math.floor(timeout * 1e6)))
      expect(elapsed).toBeLessThan(LATE)
    }
    expect(words(wg)).toEqual([0, 1, 0, 0])
  },
)

// setTimeout takes 2 ** 31 - 1 at most, warns, and then fires after 1 ms.
test.for([Infinity, undefined, 1e300, Number.MAX_VALUE, 2 ** 31, 2 ** 32, 2 ** 31 - 1, 1e12])(
  'time-out %d waits for the counter',
  async (timeout) => {
    const warnings: Error[] = []
    const warned = (warning: Error) => warnings.push(warning)
    process.on('warning', warned)
    const wg = new WaitGroup()
    wg.add()
    let answer: boolean | undefined
    const wait = wg.waitAsync({ timeout }).then((reached) => (answer = reached))
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect(answer).toBeUndefined()
    wg.done()
    await wait
    expect(answer).toBe(true)
    process.off('warning', warned)
    expect(warnings).toEqual([])
  },
)

test('a thousand time-outs of one group end each on its own', async () => {
  const wg = new WaitGroup()
  wg.add()
  const waits = Array.from({ length: 1000 }, (_, i) => wg.waitAsync({ timeout: 1 + (i % 50) }))
  expect(wg.waiters).toBe(1000)
  expect(new Set(await Promise.all(waits))).toEqual(new Set([false]))
  expect(words(wg)).toEqual([0, 1, 0, 0])
})

test('a time-out after the release changes nothing', async () => {
  const wg = new WaitGroup()
  wg.add()
  const wait = wg.waitAsync({ timeout: 2 })
  wg.done()
  // The time is up while the wake is on its way to the loop.
  const end = performance.now() + 10
  while (performance.now() < end);
  expect(await wait).toBe(true)
  expect(words(wg)).toEqual([0, 0, 0, 0])
})
