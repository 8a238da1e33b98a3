/** One of the threads of wake-all.mjs, in the same order of rounds. */
import { workerData } from 'node:worker_threads'
import { WaitGroup } from 'futex-waitgroup'
import { AtomicsWaitGroup } from './atomics-wait-group.mjs'
import { interleave } from './measure.mjs'

/**
 * @typedef {{ buffer: SharedArrayBuffer, byteOffset: number }} Place
 * @type {{ threads: number, wakes: number, rounds: number, warmup: number, ours: Place, theirs: Place, gate: Int32Array<SharedArrayBuffer>, stamp: BigInt64Array }}
 */
const { threads, wakes, rounds, warmup, gate, stamp, ...places } = workerData
const ours = WaitGroup.from(places.ours)
const theirs = new AtomicsWaitGroup(places.theirs.buffer, places.theirs.byteOffset)
let wake = 0

/** @param {{ wait(): boolean }} group */
function sleepers(group) {
  for (let i = 0; i < wakes; i++) {
    while (Atomics.load(gate, 0) === wake) Atomics.wait(gate, 0, wake)
    wake++
    group.wait()
    stamp[0] = process.hrtime.bigint()
    if (Atomics.add(gate, 1, 1) === threads - 1) Atomics.notify(gate, 1)
  }
  return 0
}

interleave(
  rounds,
  () => sleepers(ours),
  () => sleepers(theirs),
  warmup,
)
