import { Worker } from 'node:worker_threads'
import { WaitGroup } from 'futex-waitgroup'
import { AtomicsWaitGroup } from './atomics-wait-group.mjs'
import { distribution, interleave, now, place, places } from './measure.mjs'

/** @typedef {{ add(delta: number): void, done(): void, waiters: number }} Group */

const THREADS = 32
const WAKES = 20
const WARMUP = 1

/** Time for the waiters to fall asleep, much longer than any spin, in milliseconds. */
const SETTLE = 3

/** Places in the shared memory. From STAMPS on, each thread has one. */
const OURS = 0
const THEIRS = 1
const GATE = 2
const STAMPS = 3

/** @type {import('./measure.mjs').Row} */
export default {
  name: 'wake-all',
  async run({ quick }) {
    const rounds = quick ? 3 : 21
    const buffer = places(STAMPS + THREADS)
    const ours = new WaitGroup(buffer, place(OURS))
    const theirs = new AtomicsWaitGroup(buffer, place(THEIRS))
    // [0]: the number of the wake; the threads wait when it grows. [1]: how many have returned.
    const gate = new Int32Array(buffer, place(GATE), 2)
    const stamps = Array.from(
      { length: THREADS },
      (_, i) => new BigInt64Array(buffer, place(STAMPS + i), 1),
    )
    const exits = stamps.map((_, i) => {
      const worker = new Worker(new URL('wake-all-thread.mjs', import.meta.url), {
        workerData: {
          threads: THREADS,
          wakes: WAKES,
          rounds,
          warmup: WARMUP,
          ours: { buffer, byteOffset: place(OURS) },
          theirs: { buffer, byteOffset: place(THEIRS) },
          gate,
          stamp: stamps[i],
        },
      })
      return new Promise((resolve, reject) => worker.once('exit', resolve).once('error', reject))
    })

    /** @param {Group} group */
    function wake(group) {
      group.add(1)
      gate[1] = 0
      Atomics.add(gate, 0, 1)
      Atomics.notify(gate, 0)
      do sleep(SETTLE)
      while (group.waiters < THREADS)
      sleep(SETTLE)
      const start = now()
      group.done()
      for (let seen; (seen = Atomics.load(gate, 1)) < THREADS;) Atomics.wait(gate, 1, seen)
      return Math.max(...stamps.map((stamp) => Number(stamp[0]))) - start
    }
    const result = interleave(
      rounds,
      () => Float64Array.from({ length: WAKES }, () => wake(ours)),
      () => Float64Array.from({ length: WAKES }, () => wake(theirs)),
      WARMUP,
    )
    await Promise.all(exits)
    return distribution(`waking ${THREADS} threads`, result)
  },
}

const nothing = new Int32Array(new SharedArrayBuffer(4))

/** @param {number} milliseconds */
function sleep(milliseconds) {
  Atomics.wait(nothing, 0, 0, milliseconds)
}
