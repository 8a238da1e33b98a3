import jpwilliams from '@jpwilliams/waitgroup'
import { inTurn, line, place, places, startThread } from './measure.mjs'
import { startPrograms } from './programs.mjs'
import { AtomicsWaitGroup } from './atomics-wait-group.mjs'
import { loopsFor } from './sides.mjs'
import { WaitGroup } from 'futex-waitgroup'

const PAIRS = 100_000
const WARMUP = 5

/** What one thread measures, with this count before each pair. */
const alone = [
  { name: 'one thread', open: 0, targets: { Atomics: 1.05, Go: 2 } },
  { name: 'one thread, 10 tasks open', open: 10, targets: {} },
]

/**
 * Where the groups of the two threads are.
 *
 * @type {{ name: string, go: string, offsets: [number, number] }[]}
 */
export const layouts = [
  { name: 'two threads, one group', go: 'shared', offsets: [0, 0] },
  { name: 'two threads, neighbouring groups', go: 'neighbours', offsets: [0, 16] },
  { name: 'two threads, groups 128 bytes apart', go: 'apart', offsets: [0, 128] },
]

/**
 * The sides of the thread with this number, in the layout with that one.
 *
 * @param {SharedArrayBuffer} buffer
 * @param {number} layout
 * @param {0 | 1} thread
 */
export function sidesAt(buffer, layout, thread) {
  const offset = layouts[layout]?.offsets[thread] ?? 0
  return {
    ours: new WaitGroup(buffer, place(4 * layout) + offset),
    Atomics: new AtomicsWaitGroup(buffer, place(4 * layout + 2) + offset),
  }
}

/** @type {import('./measure.mjs').Row} */
export default {
  async run({ quick, programs }) {
    const rounds = quick ? 15 : 51
    const go = startPrograms(programs, ['Go'])
    const loops = { ours: await loopsFor('ours'), Atomics: await loopsFor('Atomics') }
    const single = await loopsFor('jpwilliams')
    const buffer = places(4 * layouts.length + 1)
    const local = new jpwilliams.WaitGroup()
    const lines = []
    for (const { name, open, targets } of alone) {
      const { ours, Atomics: theirs } = sidesAt(buffer, 0, 0)
      ours.add(open)
      theirs.add(open)
      const sides = {
        ours: () => loops.ours.pairs(ours, PAIRS),
        Atomics: () => loops.Atomics.pairs(theirs, PAIRS),
      }
      const others = {
        jpwilliams: () => single.pairs(local, PAIRS),
        ...go.figures('pair', 'alone', PAIRS),
      }
      const samples = await inTurn(rounds, open === 0 ? { ...sides, ...others } : sides, WARMUP)
      lines.push(line(name, 'ns', samples, { targets }))
      ours.add(-open)
      theirs.add(-open)
    }

    // [0]: raised to start the other thread's pairs. [1]: raised when it has ended them.
    const turns = new Int32Array(buffer, place(4 * layouts.length), 2)
    const ended = startThread('pair-thread.mjs', {
      buffer,
      turns,
      count: PAIRS,
      rounds,
      warmup: WARMUP,
    })
    let turn = 0
    /** @param {() => unknown} pairs */
    const together = (pairs) => {
      const start = performance.now()
      Atomics.store(turns, 0, ++turn)
      Atomics.notify(turns, 0)
      pairs()
      while (Atomics.load(turns, 1) !== turn) Atomics.wait(turns, 1, turn - 1)
      return ((performance.now() - start) * 1e6) / PAIRS
    }
    for (const [index, { name, go: layout }] of layouts.entries()) {
      const { ours, Atomics: theirs } = sidesAt(buffer, index, 0)
      const samples = await inTurn(
        rounds,
        {
          ours: () => together(() => loops.ours.pairs(ours, PAIRS)),
          Atomics: () => together(() => loops.Atomics.pairs(theirs, PAIRS)),
          ...go.figures('pair', layout, PAIRS),
        },
        WARMUP,
      )
      lines.push(line(name, 'ns', samples))
    }
    await Promise.all([ended, go.end()])
    return lines
  },
}
