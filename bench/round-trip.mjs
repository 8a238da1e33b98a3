import os from 'node:os'
import { Worker } from 'node:worker_threads'
import { WaitGroup } from 'futex-waitgroup'
import { affinity, pin } from './affinity.mjs'
import { AtomicsWaitGroup, SpinningAtomicsWaitGroup } from './atomics-wait-group.mjs'
import { distribution, interleave, place, places } from './measure.mjs'

/** @typedef {{ add(delta: number): void, done(): void, wait(): boolean }} Group */

const TRIPS = 1000
const WARMUP = 3

/**
 * The main thread's half. The waiter of each group raises it to 1 again after each wait.
 *
 * @param {[Group, Group]} groups
 */
function call([ping, pong]) {
  const times = new Float64Array(TRIPS)
  let last = performance.now()
  for (let i = 0; i < TRIPS; i++) {
    ping.done()
    pong.wait()
    pong.add(1)
    const time = performance.now()
    times[i] = (time - last) * 1e6
    last = time
  }
  return times
}

/**
 * @param {number} rounds
 * @param {object} [options]
 * @param {boolean} [options.spinning] Their group spins too.
 * @param {[string, string]} [options.cpus] The CPUs of the main thread and of the worker; undefined: not pinned.
 */
async function measure(rounds, { spinning = false, cpus } = {}) {
  const buffer = places(4)
  const Theirs = spinning ? SpinningAtomicsWaitGroup : AtomicsWaitGroup
  /** @type {[Group, Group]} */
  const ours = [new WaitGroup(buffer, place(0)), new WaitGroup(buffer, place(1))]
  /** @type {[Group, Group]} */
  const theirs = [new Theirs(buffer, place(2)), new Theirs(buffer, place(3))]
  for (const group of [...ours, ...theirs]) group.add(1)

  const worker = new Worker(new URL('round-trip-thread.mjs', import.meta.url), {
    workerData: { buffer, spinning, cpu: cpus?.[1], trips: TRIPS, rounds, warmup: WARMUP },
  })
  const exit = new Promise((resolve, reject) => worker.once('exit', resolve).once('error', reject))
  const before = cpus && affinity()
  if (cpus) pin(cpus[0])
  const result = interleave(
    rounds,
    () => call(ours),
    () => call(theirs),
    WARMUP,
  )
  if (before !== undefined) pin(before)
  await exit
  return result
}

/** @type {import('./measure.mjs').Row} */
export default {
  name: 'round-trip',
  async run({ quick, pinned }) {
    const rounds = quick ? 7 : 41
    const lines = [
      ...distribution('round trip of two threads', await measure(rounds), 1),
      ...distribution('round trip, theirs spins too', await measure(rounds, { spinning: true })),
    ]
    if (!pinned) return lines
    if (os.platform() !== 'linux') throw new Error('--pinned needs Linux and taskset')
    /** @type {[string, string]} */
    const one = ['0', '0']
    /** @type {[string, string]} */
    const two = ['0', '1']
    const spinning = true
    return [
      ...lines,
      ...distribution('one CPU', await measure(rounds, { cpus: one })),
      ...distribution('one CPU, theirs spins too', await measure(rounds, { cpus: one, spinning })),
      ...distribution('two CPUs', await measure(rounds, { cpus: two })),
      ...distribution('two CPUs, theirs spins too', await measure(rounds, { cpus: two, spinning })),
    ]
  },
}
