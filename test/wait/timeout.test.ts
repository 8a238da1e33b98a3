import { expect, test } from 'vitest'
import { WaitGroup } from 'futex-waitgroup'
import { Child } from '../helpers/child'

/** The stress run begins with as many, and doubles them. */
const ROUNDS = 5000

/** Tells a delay from a hang; the machine may be busy. In nanoseconds. */
const LATE = 60_000_000_000n

function words(wg: WaitGroup): BigUint64Array {
  return new BigUint64Array(wg.buffer, wg.byteOffset, 2)
}

// The waiters of each round start anew after a time-out, so a wake that got lost hangs, and a
// permit left over fails the check of the next round.
test.for([2, 5])(
  'time-outs that race with releases lose no wake and leave no permit: %i threads',
  async (threads) => {
    const seed = Date.now() % 100_000
    console.log(`seed ${seed}`)
    const child = Child.node('wait/fixtures/generations.mjs', [
      `${threads}`,
      `${ROUNDS}`,
      `${seed}`,
      'timed',
    ])
    const ended = await child.ended
    expect(ended).toExitCleanly()
    const { stdout } = ended
    const { timedOut, inTime } = JSON.parse(stdout) as { timedOut: number; inTime: number }
    // It was a race, not always the same winner.
    expect(timedOut).toBeGreaterThan(0)
    expect(inTime).toBeGreaterThan(0)
  },
)

test.for([0, -0, 1e-9, Number.MIN_VALUE])('time-out %d polls and is never a waiter', (timeout) => {
  const wg = new WaitGroup()
  wg.add()
  const memory = words(wg)
  // One that became a waiter, even for a moment, would take the permit that lies there.
  memory[1] = 1n
  for (let i = 0; i < 1000; i++) expect(wg.wait({ timeout })).toBe(false)
  expect([...memory]).toEqual([1n << 32n, 1n])
  memory[1] = 0n
  wg.done()
  expect(wg.wait({ timeout })).toBe(true)
})

test.for([0.001, 0.1, 0.999, 1.5, 19.99, 20, 20.01, 45.25])(
  'time-out %d never ends early, nor hangs',
  (timeout) => {
    const wg = new WaitGroup()
    wg.add()
    for (let i = 0; i < 5; i++) {
      const start = process.hrtime.bigint()
      expect(wg.wait({ timeout })).toBe(false)
      const elapsed = process.hrtime.bigint() - start
      expect(elapsed).toBeGreaterThanOrEqual(BigInt(Math.floor(timeout * 1e6)))
      expect(elapsed).toBeLessThan(LATE)
    }
    expect([...words(wg)]).toEqual([1n << 32n, 0n])
    wg.done()
    expect(wg.wait({ timeout })).toBe(true)
  },
)

test.for(['none', 'Infinity', '1e300', '4.5e12', '9007199254740992', '2147483648', '4294967296'])(
  'time-out %s waits for the counter',
  async (timeout) => {
    const end = await Child.node('wait/fixtures/wait-for-ever.mjs', [timeout]).ended
    expect(end).toExitCleanly('')
  },
)
