import { WaitGroup } from 'futex-waitgroup'
import { AtomicsWaitGroup } from './atomics-wait-group.mjs'
import { distribution, inTurn, now, place, places, sleep, startThread } from './measure.mjs'
import { startPrograms } from './programs.mjs'

/** @typedef {{ add(delta: number): void, done(): void, waiters: number }} Group */

const WAKES = 15
const WARMUP = 1

/** Time for the waiters to fall asleep, much longer than any spin, in milliseconds. */
const SETTLE = 3

/** Places in the shared memory. Each size has a gate, from STAMPS on each thread has one. */
const OURS = 0
const THEIRS = 1
const GATES = 2
const STAMPS = 8

/** @type {import('./measure.mjs').Row} */
export default {
  async run({ quick, programs }) {
    const sizes = quick ? [2, 32] : [2, 8, 32, 128]
    const rounds = quick ? 9 : 21
    const threads = Math.max(...sizes)
    const go = startPrograms(programs, ['Go'])
    const buffer = places(STAMPS + threads)
    const ours = new WaitGroup(buffer, place(OURS))
    const theirs = new AtomicsWaitGroup(buffer, place(THEIRS))
    // [0]: the number of the wake; the threads wait when it grows. [1]: how many have returned.
    const gates = sizes.map((_, i) => new Int32Array(buffer, place(GATES + i), 2))
    const stamps = Array.from(
      { length: threads },
      (_, i) => new BigInt64Array(buffer, place(STAMPS + i), 1),
    )
    const ended = stamps.map((stamp, index) =>
      startThread('wake-all-thread.mjs', {
        index,
        sizes,
        wakes: WAKES,
        rounds,
        warmup: WARMUP,
        ours: { buffer, byteOffset: place(OURS) },
        theirs: { buffer, byteOffset: place(THEIRS) },
        gates,
        stamp,
      }),
    )

    /** @param {Group} group @param {number} size @param {Int32Array} gate */
    function wake(group, size, gate) {
      group.add(1)
      gate[1] = 0
      Atomics.add(gate, 0, 1)
      Atomics.notify(gate, 0)
      do sleep(SETTLE)
      while (group.waiters < size)
      sleep(SETTLE)
      const start = now()
      group.done()
      for (let seen; (seen = Atomics.load(gate, 1)) < size;) Atomics.wait(gate, 1, seen)
      return Math.max(...stamps.slice(0, size).map((stamp) => Number(stamp[0]))) - start
    }
    const lines = []
    for (const [i, size] of sizes.entries()) {
      const gate = gates[i]
      if (gate === undefined) throw new Error('no gate')
      const samples = await inTurn(
        rounds,
        {
          ours: () => Float64Array.from({ length: WAKES }, () => wake(ours, size, gate)),
          Atomics: () => Float64Array.from({ length: WAKES }, () => wake(theirs, size, gate)),
          ...go.sides('wake', size, WAKES),
        },
        WARMUP,
      )
      const targets = size === 128 ? { targets: { Atomics: 0.7 } } : {}
      lines.push(...distribution('waking sleeping threads', samples, { size, ...targets }))
    }
    await Promise.all([...ended, go.end()])
    return lines
  },
}
