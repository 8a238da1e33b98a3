import { MessageChannel } from 'node:worker_threads'
import { affinity, pin, twoCpus } from './affinity.mjs'
import { distribution, inTurn, line, place, places, sleep, startThread } from './measure.mjs'
import { startPrograms } from './programs.mjs'
import { blocking, blockingNames, loopsFor, MessageGroup } from './sides.mjs'

/** @import { Group } from './sides.mjs' */

const TRIPS = 1000
const WARMUP = 3

/** The trips, and the pause before each answer in milliseconds, with which CPU time is measured. */
const SLOW = { trips: 20, pause: 1 }

/**
 * @typedef {object} Shared What main gives the other thread.
 * @property {SharedArrayBuffer} buffer
 * @property {import('./sides.mjs').MessagePort} port
 * @property {string | undefined} floor The addon.
 * @property {string | undefined} cpu
 * @property {number} trips
 * @property {number} pause
 * @property {number} rounds
 * @property {number} warmup
 */

/**
 * The two halves of the trips of each side. The waiters of all groups raise them to 1.
 *
 * @param {Pick<Shared, 'buffer' | 'port' | 'floor' | 'trips' | 'pause'>} shared
 * @returns {Promise<{ name: string, call: () => Float64Array, answer: () => void }[]>}
 */
export async function sides({ buffer, port, floor, trips, pause }) {
  /** @param {number} index */
  const sent = (index) => new Int32Array(buffer, place(index), 1)
  /** @type {[string, Group, Group][]} */
  const groups = blockingNames.map((name, i) => [
    name,
    new blocking[name](buffer, place(2 * i)),
    new blocking[name](buffer, place(2 * i + 1)),
  ])
  groups.push([
    'messages',
    new MessageGroup(port, sent(groups.length * 2)),
    new MessageGroup(port, sent(groups.length * 2 + 1)),
  ])
  const own = groups.map(async ([name, ping, pong]) => {
    const loops = await loopsFor(name)
    const rest = pause > 0 ? () => sleep(pause) : undefined
    return {
      name,
      call: () => loops.call(ping, pong, trips),
      answer: () => loops.answer(ping, pong, trips, rest),
    }
  })
  return [...(await Promise.all(own)), ...(floor === undefined ? [] : floors(floor, trips))]
}

/**
 * The sides of floor.cc: called from JavaScript for each half of a trip, with the clock of the other
 * sides; and once for all trips.
 *
 * @param {string} file
 * @param {number} trips
 */
function floors(file, trips) {
  /** @type {{ exports: { call: (times: Float64Array) => void, answer: (trips: number) => void } }} */
  const module = { exports: { call() {}, answer() {} } }
  process.dlopen(module, file)
  const { call, answer } = module.exports
  const unused = new Float64Array(1)
  return [
    {
      name: 'C++ floor',
      call() {
        const times = new Float64Array(trips)
        let last = performance.now()
        for (let i = 0; i < trips; i++) {
          call(unused)
          const time = performance.now()
          times[i] = (time - last) * 1e6
          last = time
        }
        return times
      },
      answer() {
        for (let i = 0; i < trips; i++) answer(1)
      },
    },
    {
      name: 'C++ alone',
      call() {
        const times = new Float64Array(trips)
        call(times)
        return times
      },
      answer: () => answer(trips),
    },
  ]
}

/**
 * @template T
 * @param {Pick<Shared, 'trips' | 'pause' | 'rounds' | 'floor'>} size
 * @param {(call: () => Float64Array) => T} measure is called for each side in each round
 * @param {Record<string, () => Promise<T>>} programs
 * @param {[string, string]} [cpus] The CPUs of the main thread and of the other; default: not pinned.
 */
async function trips(size, measure, programs, cpus) {
  const buffer = places(2 * (blockingNames.length + 1))
  const { port1, port2 } = new MessageChannel()
  for (const [i, name] of blockingNames.entries()) {
    for (const index of [2 * i, 2 * i + 1]) new blocking[name](buffer, place(index)).add(1)
  }
  /** @type {Shared} */
  const shared = { buffer, port: port2, cpu: cpus?.[1], warmup: WARMUP, ...size }
  const ended = startThread('round-trip-thread.mjs', shared, [port2])
  const before = cpus && affinity()
  if (cpus) pin(cpus[0])
  const own = await sides({ ...size, buffer, port: port1 })
  const calls = own.map(({ name, call }) => [name, () => measure(call)])
  const result = await inTurn(size.rounds, { ...Object.fromEntries(calls), ...programs }, WARMUP)
  if (before !== undefined) pin(before)
  await ended
  port1.close()
  return result
}

/** @param {() => unknown} call @returns nanoseconds of CPU time for each trip, of both threads */
function cpuTime(call) {
  const before = process.cpuUsage()
  call()
  const { user, system } = process.cpuUsage(before)
  return ((user + system) * 1e3) / SLOW.trips
}

/** Of the median and of the 99th percentile, if each thread has a CPU. */
const targets = [{ targets: { 'C++ floor': 1.15, Atomics: 1 / 20 } }, { targets: { Atomics: 0.5 } }]

/** @type {import('./measure.mjs').Row} */
export default {
  async run({ quick, pinned, programs }) {
    const floor = programs['C++ floor']
    const size = { trips: TRIPS, pause: 0, rounds: quick ? 15 : 41, floor }
    const go = startPrograms(programs, ['Go'])
    /** @param {() => Float64Array} side */
    const times = (side) => side()
    const lines = distribution(
      'round trip of two threads',
      await trips(size, times, go.sides('round-trip', TRIPS)),
      ...(pinned ? [] : targets),
    )
    if (pinned) {
      const { first, last } = twoCpus()
      lines.push(
        ...distribution('one CPU', await trips(size, times, {}, [first, first])),
        ...distribution('two CPUs', await trips(size, times, {}, [first, last]), ...targets),
      )
    }
    const rounds = quick ? 7 : 21
    const slow = await trips({ ...SLOW, rounds, floor: undefined }, cpuTime, {})
    lines.push(line('CPU time of a wait of 1 ms', 'ns', slow))
    await go.end()
    return lines
  },
}
