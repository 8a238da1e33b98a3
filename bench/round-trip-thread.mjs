/** The other half of round-trip.mjs, in the same order of rounds. */
import { workerData } from 'node:worker_threads'
import { WaitGroup } from 'futex-waitgroup'
import { pin } from './affinity.mjs'
import { AtomicsWaitGroup, SpinningAtomicsWaitGroup } from './atomics-wait-group.mjs'
import { interleave, place } from './measure.mjs'

/** @type {{ buffer: SharedArrayBuffer, spinning: boolean, cpu?: string, trips: number, rounds: number, warmup: number }} */
const { buffer, spinning, cpu, trips, rounds, warmup } = workerData
const Theirs = spinning ? SpinningAtomicsWaitGroup : AtomicsWaitGroup

/** @param {[import('./round-trip.mjs').Group, import('./round-trip.mjs').Group]} groups */
function answer([ping, pong]) {
  for (let i = 0; i < trips; i++) {
    ping.wait()
    ping.add(1)
    pong.done()
  }
  return 0
}

/** @type {[WaitGroup, WaitGroup]} */
const ours = [new WaitGroup(buffer, place(0)), new WaitGroup(buffer, place(1))]
/** @type {[AtomicsWaitGroup, AtomicsWaitGroup]} */
const theirs = [new Theirs(buffer, place(2)), new Theirs(buffer, place(3))]

if (cpu !== undefined) pin(cpu)
interleave(
  rounds,
  () => answer(ours),
  () => answer(theirs),
  warmup,
)
