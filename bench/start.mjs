import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { WaitGroup } from 'futex-waitgroup'
import { inTurn, line, now } from './measure.mjs'

const EMPTY = new URL('start-empty.cjs', import.meta.url)
const ANSWER = new URL('start-answer.mjs', import.meta.url)

/** Single threads per measurement, one after the other. */
const BATCH = 4

/**
 * @template T
 * @param {number} count
 * @param {(index: number) => T} start
 */
function times(count, start) {
  return Array.from({ length: count }, (_, i) => start(i))
}

/** @param {unknown[]} answers */
function check(answers) {
  if (answers.some((answer, i) => answer !== i)) throw new Error('a wrong answer')
}

/**
 * Each starts threads, and returns their exits when all of them have ended or answered.
 *
 * @typedef {Promise<unknown>[]} Exits
 * @type {Record<string, (threads: number) => Exits | Promise<Exits>>}
 */
const ways = {
  spawnAndJoin(threads) {
    const wg = new WaitGroup()
    const exits = times(threads, () => once(wg.spawn(EMPTY), 'exit'))
    wg.wait()
    return exits
  },
  async worker(threads) {
    const exits = times(threads, () => once(new Worker(EMPTY), 'exit'))
    await Promise.all(exits)
    return exits
  },
  runAndResult(threads) {
    const wg = new WaitGroup()
    const started = times(threads, (i) => wg.run(ANSWER, [i]))
    const exits = started.map((thread) => once(thread, 'exit'))
    wg.wait()
    check(started.map(({ result }) => result))
    return exits
  },
  async workerAndMessage(threads) {
    const started = times(threads, (i) => new Worker(ANSWER, { workerData: i }))
    const exits = started.map((thread) => once(thread, 'exit'))
    const answers = await Promise.all(started.map((thread) => once(thread, 'message')))
    check(answers.map(([answer]) => answer))
    return exits
  },
}

const comparisons = [
  { name: 'spawn and join', ours: 'spawnAndJoin', theirs: 'worker', target: 1.05 },
  { name: 'run and result', ours: 'runAndResult', theirs: 'workerAndMessage' },
]

/**
 * @param {(threads: number) => Exits | Promise<Exits>} start
 * @param {number} threads
 * @returns the time until the join, and for each thread the CPU time of the process until it is gone
 */
async function measure(start, threads) {
  const before = process.cpuUsage()
  const batch = threads === 1 ? BATCH : 1
  let time = 0
  for (let i = 0; i < batch; i++) {
    const begin = now()
    const exits = await start(threads)
    time += now() - begin
    await Promise.all(exits)
  }
  const { user, system } = process.cpuUsage(before)
  return { time: time / batch, cpu: ((user + system) * 1e3) / (batch * threads) }
}

/** @type {import('./measure.mjs').Row} */
export default {
  async run({ quick }) {
    const lines = []
    for (const size of quick ? [1, 32] : [1, 100]) {
      const sides = Object.entries(ways).map(([way, start]) => [way, () => measure(start, size)])
      /** @type {Record<string, { time: number, cpu: number }[]>} */
      const samples = await inTurn(
        size === 1 ? (quick ? 7 : 21) : 5,
        Object.fromEntries(sides),
        size === 1 ? 2 : 0,
      )
      for (const { name, ours, theirs, target } of comparisons) {
        /** @param {'time' | 'cpu'} key */
        const figures = (key) => ({
          ours: samples[ours]?.map((sample) => sample[key]) ?? [],
          Worker: samples[theirs]?.map((sample) => sample[key]) ?? [],
        })
        const targets = target === undefined || size > 1 ? {} : { targets: { Worker: target } }
        lines.push(
          line(`${name}: until all have`, 'ns', figures('time'), { size }),
          line(`${name}: CPU time of each`, 'ns', figures('cpu'), { size, ...targets }),
        )
      }
    }
    return lines
  },
}
