/**
 * Code that all rows share: types, the places of groups in memory, rounds, statistics.
 *
 * @typedef {object} Line One line of the tables. All figures with the same index are from the same
 * round, one right after the other.
 * @property {string} name
 * @property {number | undefined} [size] The number of tasks, threads or waits.
 * @property {string} unit The unit of all figures: 'ns', 'bytes' or '% of a core'.
 * @property {number[]} ours
 * @property {Figures} theirs
 * @property {Record<string, number> | undefined} [targets] The greatest acceptable ratio of ours to
 * theirs, by competitor.
 * @property {number | undefined} [limit] The greatest acceptable figure of ours, in `unit`.
 *
 * @typedef {Record<string, number[]>} Figures By competitor.
 *
 * @typedef {object} Options
 * @property {boolean} quick Fewer rounds and sizes.
 * @property {boolean} pinned Also with the threads pinned to CPUs (Linux, taskset).
 * @property {Record<string, string>} programs The competitors that are no JavaScript, and their files.
 *
 * @typedef {object} Row The default export of a row's module.
 * @property {() => string | undefined} [missing] Returns why the row cannot run here, if it cannot.
 * @property {(options: Options) => Line[] | Promise<Line[]>} run
 */
import { Worker } from 'node:worker_threads'

/**
 * Each group has two cache lines: its own, and the one that the processor fetches with it. All
 * groups of both sides lie in one buffer at multiples of this.
 */
export const SPACE = 128

/**
 * Memory for `count` groups or other data, the first at byte `SPACE`.
 *
 * @param {number} count
 */
export function places(count) {
  return new SharedArrayBuffer((count + 2) * SPACE)
}

/** @param {number} index */
export function place(index) {
  return (index + 1) * SPACE
}

/** The clock that all threads share, in nanoseconds. One reading takes about 60 ns. */
export function now() {
  return Number(process.hrtime.bigint())
}

/**
 * Measures all sides in turn: A B C, C B A, A B C, … The first rounds do not count: code is compiled
 * and threads start in them.
 *
 * @template T
 * @param {number} rounds
 * @param {Record<string, () => T | Promise<T>>} sides
 * @returns {Promise<Record<string, T[]>>}
 */
export async function inTurn(rounds, sides, warmup = 3) {
  const order = Object.entries(sides).map(([side, measure]) => ({
    side,
    measure,
    results: /** @type {T[]} */ ([]),
  }))
  const all = Object.fromEntries(order.map(({ side, results }) => [side, results]))
  for (let round = -warmup; round < rounds; round++) {
    for (const { measure, results } of order) {
      const result = await measure()
      if (round >= 0) results.push(result)
    }
    order.reverse()
  }
  return all
}

/**
 * @param {ArrayLike<number>} values
 * @param {number} q From 0 to 1.
 */
export function quantile(values, q) {
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? NaN
}

/**
 * @param {string} name
 * @param {string} unit
 * @param {Figures} samples Of all sides, from `inTurn`.
 * @param {Pick<Line, 'size' | 'targets' | 'limit'>} [more]
 * @returns {Line}
 */
export function line(name, unit, { ours = [], ...theirs }, more) {
  return { name, unit, ours, theirs, ...more }
}

/** So many measurements at least have a 99th percentile. */
const ENOUGH = 100

/**
 * The lines of rounds of many measurements each: the median of each round, and the 99th percentile
 * of each fifth of the rounds, or of fewer and larger parts, since one round may have too few
 * measurements. There is no second line if all rounds together have too few.
 *
 * @param {string} name
 * @param {Record<string, Float64Array[]>} samples Of all sides, from `inTurn`. In nanoseconds.
 * @param {Pick<Line, 'size' | 'targets' | 'limit'>} [more] For the median.
 * @param {Pick<Line, 'targets'>} [tail] For the 99th percentile.
 * @returns {Line[]}
 */
export function distribution(name, samples, more, tail) {
  /** @param {(rounds: Float64Array[]) => number[]} figures */
  const each = (figures) =>
    Object.fromEntries(Object.entries(samples).map(([side, rounds]) => [side, figures(rounds)]))
  const { ours = [] } = samples
  const count = ours.reduce((sum, round) => sum + round.length, 0)
  const parts = Math.min(5, ours.length, Math.floor(count / ENOUGH))
  const median = line(
    `${name}: median`,
    'ns',
    each((rounds) => rounds.map((round) => quantile(round, 0.5))),
    more,
  )
  if (parts === 0) return [median]
  const p99 = each((rounds) =>
    Array.from({ length: parts }, (_, part) => {
      const bounds = [part, part + 1].map((n) => Math.round((n * rounds.length) / parts))
      return quantile(
        rounds.slice(...bounds).flatMap((round) => [...round]),
        0.99,
      )
    }),
  )
  return [median, line(`${name}: 99th percentile`, 'ns', p99, { size: more?.size, ...tail })]
}

/**
 * Keeps the event loop alive during `body`. A pending `Atomics.waitAsync` does not
 * (nodejs/node#61941; our `waitAsync` does), and the thread would end during their turn.
 *
 * @template T
 * @param {() => Promise<T>} body
 */
export async function holdEventLoop(body) {
  const hold = setInterval(() => {}, 2 ** 30)
  try {
    return await body()
  } finally {
    clearInterval(hold)
  }
}

/**
 * Starts a thread of a row.
 *
 * @param {string} file Beside this one.
 * @param {unknown} workerData
 * @param {import('node:worker_threads').MessagePort[]} [transferList]
 * @returns {Promise<void>} Resolves when it has ended, rejects with its error.
 */
export function startThread(file, workerData, transferList = []) {
  const worker = new Worker(new URL(file, import.meta.url), { workerData, transferList })
  return new Promise((resolve, reject) =>
    worker.once('exit', () => resolve()).once('error', reject),
  )
}

const nothing = new Int32Array(new SharedArrayBuffer(4))

/** @param {number} milliseconds */
export function sleep(milliseconds) {
  Atomics.wait(nothing, 0, 0, milliseconds)
}
