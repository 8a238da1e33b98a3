/**
 * What all rows share: the shape of a row, groups in their places, rounds, statistics.
 *
 * @typedef {object} Line One line of the table. The measurements are pairs: `ours[i]` and
 * `theirs[i]` come from the same round, one right after the other.
 * @property {string} name
 * @property {string} unit What `ours` and `theirs` are in: 'ns' or 'bytes'.
 * @property {number[]} ours
 * @property {number[]} theirs
 * @property {number | undefined} [target] The greatest ratio of ours to theirs that we accept.
 * @property {number | undefined} [limit] The most of `unit` that we accept of ours.
 *
 * @typedef {object} Options
 * @property {boolean} quick Fewer rounds, to see whether it runs.
 * @property {boolean} pinned Also with the threads held on CPUs of our choice (Linux, taskset).
 *
 * @typedef {object} Row What a row's module exports by default.
 * @property {string} name
 * @property {() => string | undefined} [missing] Why it cannot run here, if so.
 * @property {(options: Options) => Line[] | Promise<Line[]>} run
 */

/**
 * Two cache lines for each group: none shares its line, nor the line that the processor fetches
 * along with it, with anything else. Both sides' groups lie in the same buffer at multiples of
 * this, and so in the same way in their lines.
 */
export const SPACE = 128

/**
 * Memory with room for `count` groups (or other things), the first at byte `SPACE`.
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

/** The clock that all threads of the process share, in nanoseconds. A look costs about 60. */
export function now() {
  return Number(process.hrtime.bigint())
}

/**
 * Measures both sides in turn, A B, B A, A B, …; the first rounds, until everything is compiled and
 * every thread has come, do not count.
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
 * The same for sides that must let the event loop turn.
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
 * Two lines from rounds that each measured many times: the median, round by round, and the 99th
 * percentile of all the rounds together, since a single one has too few to tell.
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
 * A pending `Atomics.waitAsync` does not keep Node's event loop alive (nodejs/node#61941; a wait of
 * ours does): without this, the process would end in the middle of their turn. Held in both turns.
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
