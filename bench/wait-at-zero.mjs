import { WaitGroup } from 'futex-waitgroup'
import { AtomicsWaitGroup } from './atomics-wait-group.mjs'
import { inTurn, line, place, places } from './measure.mjs'
import { startPrograms } from './programs.mjs'
import { loopsFor } from './sides.mjs'

const CALLS = 500_000

/** @type {import('./measure.mjs').Row} */
export default {
  async run({ quick, programs }) {
    const go = startPrograms(programs, ['Go'])
    const buffer = places(3)
    const cells = new Int32Array(buffer, place(2), 4)
    const groups = {
      ours: new WaitGroup(buffer, place(0)),
      Atomics: new AtomicsWaitGroup(buffer, place(1)),
      'one Atomics.load': { wait: () => Atomics.load(cells, 0) === 0 },
    }
    /** @param {keyof typeof groups} side */
    const timed = async (side) => {
      const { waits } = await loopsFor(side)
      return () => waits(groups[side], CALLS)
    }
    const samples = await inTurn(
      quick ? 15 : 101,
      {
        ours: await timed('ours'),
        Atomics: await timed('Atomics'),
        'one Atomics.load': await timed('one Atomics.load'),
        ...go.figures('wait', CALLS),
      },
      5,
    )
    await go.end()
    return [line('wait() at zero', 'ns', samples, { targets: { 'one Atomics.load': 1.2 } })]
  },
}
