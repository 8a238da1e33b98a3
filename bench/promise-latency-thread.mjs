/** The thread that counts down in promise-latency.mjs, in the same order of rounds. */
import { workerData } from 'node:worker_threads'
import { interleave, place } from './measure.mjs'
import { groups } from './promises.mjs'

/** Time for the main thread's event loop to fall asleep, in milliseconds. */
const SETTLE = 2

/** @type {{ buffer: SharedArrayBuffer, waits: number, rounds: number, warmup: number }} */
const { buffer, waits, rounds, warmup } = workerData
const { ours, theirs } = groups(buffer)
const gate = new Int32Array(buffer, place(2), 1)
const stamp = new BigInt64Array(buffer, place(2) + 8, 1)
const nothing = new Int32Array(new SharedArrayBuffer(4))
let wait = 0

/** @param {import('./promises.mjs').Group} group */
function countDown(group) {
  for (let i = 0; i < waits; i++) {
    while (Atomics.load(gate, 0) === wait) Atomics.wait(gate, 0, wait)
    wait++
    Atomics.wait(nothing, 0, 0, SETTLE)
    stamp[0] = process.hrtime.bigint()
    group.done()
  }
  return 0
}

interleave(
  rounds,
  () => countDown(ours),
  () => countDown(theirs),
  warmup,
)
