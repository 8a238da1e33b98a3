/** One of the threads of wake-all.mjs, in the same order of rounds. */
import { workerData } from 'node:worker_threads'
import { WaitGroup } from 'futex-waitgroup'
import { AtomicsWaitGroup } from './atomics-wait-group.mjs'
import { inTurn } from './measure.mjs'

/**
 * @typedef {{ buffer: SharedArrayBuffer, byteOffset: number }} Place
 * @type {{ index: number, sizes: number[], wakes: number, rounds: number, warmup: number, ours: Place, theirs: Place, gates: Int32Array[], stamp: BigInt64Array }}
 */
const { index, sizes, wakes, rounds, warmup, gates, stamp, ...places } = workerData
const ours = WaitGroup.from(places.ours)
const theirs = new AtomicsWaitGroup(places.theirs.buffer, places.theirs.byteOffset)

for (const [i, size] of sizes.entries()) {
  const gate = gates[i]
  if (gate === undefined || index >= size) continue
  let wake = 0
  /** @param {{ wait(): boolean }} group */
  const sleepers = (group) => {
    for (let i = 0; i < wakes; i++) {
      while (Atomics.load(gate, 0) === wake) Atomics.wait(gate, 0, wake)
      wake++
      group.wait()
      stamp[0] = process.hrtime.bigint()
      if (Atomics.add(gate, 1, 1) === size - 1) Atomics.notify(gate, 1)
    }
  }
  await inTurn(rounds, { ours: () => sleepers(ours), Atomics: () => sleepers(theirs) }, warmup)
}
