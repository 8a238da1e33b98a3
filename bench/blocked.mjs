import { fileURLToPath } from 'node:url'
import { inTurn, line, now } from './measure.mjs'
import { Program } from './programs.mjs'

/** @import { Blocking } from './sides.mjs' */

const CHILD = fileURLToPath(new URL('blocked-child.mjs', import.meta.url))
const SECONDS = 5
const EXITS = 64

/** The greatest acceptable share of a core, in percent. */
const limits = new Map([
  [1, 0.1],
  [128, 1],
])

/**
 * Starts both sides' processes at the same time. Resolves when their threads are blocked.
 *
 * @param {number} threads
 */
async function start(threads) {
  /** @param {Blocking} side */
  const program = (side) => new Program(process.execPath, [CHILD, side, String(threads)])
  const both = { ours: program('ours'), Atomics: program('Atomics') }
  await Promise.all([both.ours.answer(), both.Atomics.answer()])
  return both
}

/** @param {Program} program @returns nanoseconds from process.exit() until the process is gone */
async function exit(program) {
  const [called = NaN] = await program.ask('exit')
  await program.end()
  return now() - called
}

/** @type {import('./measure.mjs').Row} */
export default {
  async run({ quick }) {
    const lines = []
    for (const size of quick ? [32] : [1, 32, 128]) {
      const { ours, Atomics: theirs } = await start(size)
      // At the same time: they take next to nothing from each other, and other load is the same.
      const [a, b] = await Promise.all([ours.ask('cpu', SECONDS), theirs.ask('cpu', SECONDS)])
      await Promise.all([ours.end(), theirs.end()])
      /** @param {Float64Array} cpu */
      const percent = (cpu) => Array.from(cpu, (nanoseconds) => nanoseconds / 1e7)
      const samples = { ours: percent(a), Atomics: percent(b) }
      lines.push(
        line('CPU of blocked threads', '% of a core', samples, { size, limit: limits.get(size) }),
      )
    }
    /** @type {Awaited<ReturnType<typeof start>> | undefined} */
    let both
    let turn = 0
    /** @param {'ours' | 'Atomics'} side */
    const exitInTurn = async (side) => {
      if (turn++ % 2 === 0) both = await start(EXITS)
      return both === undefined ? NaN : exit(both[side])
    }
    const samples = await inTurn(
      quick ? 3 : 5,
      { ours: () => exitInTurn('ours'), Atomics: () => exitInTurn('Atomics') },
      0,
    )
    lines.push(
      line('process.exit() with blocked threads', 'ns', samples, {
        size: EXITS,
        targets: { Atomics: 1.1 },
      }),
    )
    return lines
  },
}
