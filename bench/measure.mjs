/**
 * Code that all rows share: types, the places of groups in memory, rounds, statistics.
 *
 * @typedef {object} Line One line of the table. The measurements are pairs: `ours[i]` and
 * `theirs[i]` are from the same round, one right after the other.
 * @property {string} name
 * @property {string} unit The unit of `ours` and `theirs`: 'ns' or 'bytes'.
 * @property {number[]} ours
 * @property {number[]} theirs
 * @property {number | undefined} [target] The greatest acceptable ratio of ours to theirs.
 * @property {number | undefined} [limit] The greatest acceptable figure of ours, in `unit`.
 *
 * @typedef {object} Options
 * @property {boolean} quick Fewer rounds: only shows that it runs.
 * @property {boolean} pinned Also with the threads pinned to CPUs (Linux, taskset).
 *
 * @typedef {object} Row The default export of a row's module.
 * @property {string} name
 * @property {() => string | undefined} [missing] Returns why the row cannot run here, if it cannot.
 * @property {(options: Options) => Line[] | Promise<Line[]>} run
 */

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
 * Measures both sides in turn: A B, B A, A B, … The first rounds do not count: code is compiled and
 * threads start in them.
 *
 * @template T
 * @param {number} rounds
 * @param {() => T} ours
 * @param {() => T} theirs
 */
export function interleave(rounds, ours, theirs, warmup = 5) {
  /** @type {{ ours: T[], theirs: T[] }} */
  const result = { ours: [], theirs: [] }
  for (let round = -warmup; round < rounds; round++) {
    const first = round % 2 === 0 ? ours() : undefined
    const b = theirs()
    const a = first ?? ours()
    if (round < 0) continue
    result.ours.push(a)
    result.theirs.push(b)
  }
  return result
}

/**
 * The same for sides that need the event loop.
 *
 * @template T
 * @param {number} rounds
 * @param {() => Promise<T>} ours
 * @param {() => Promise<T>} theirs
 */
export async function interleaveAsync(rounds, ours, theirs, warmup = 3) {
  /** @type {{ ours: T[], theirs: T[] }} */
  const result = { ours: [], theirs: [] }
  for (let round = -warmup; round < rounds; round++) {
    const first = round % 2 === 0 ? await ours() : undefined
    const b = await theirs()
    const a = first ?? (await ours())
    if (round < 0) continue
    result.ours.push(a)
    result.theirs.push(b)
  }
  return result
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
 * Two lines from rounds of many measurements each: the median of each round, and the 99th percentile
 * of all rounds together, since one round has too few measurements.
 *
 * @param {string} name
 * @param {{ ours: Float64Array[], theirs: Float64Array[] }} rounds
 * @param {number} [target] For the median.
 * @returns {Line[]}
 */
export function distribution(name, { ours, theirs }, target) {
  /** @param {Float64Array[]} rounds */
  const p99 = (rounds) =>
    quantile(
      rounds.flatMap((values) => [...values]),
      0.99,
    )
  return [
    {
      name: `${name}: median`,
      unit: 'ns',
      ours: ours.map((values) => quantile(values, 0.5)),
      theirs: theirs.map((values) => quantile(values, 0.5)),
      target,
    },
    { name: `${name}: 99th percentile`, unit: 'ns', ours: [p99(ours)], theirs: [p99(theirs)] },
  ]
}

/**
 * Keeps the event loop alive during `body`. A pending `Atomics.waitAsync` does not
 * (nodejs/node#61941; our `waitAsync` does), and the process would end during their turn.
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
