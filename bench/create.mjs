import jpwilliams from '@jpwilliams/waitgroup'
import { WaitGroup } from 'futex-waitgroup'
import { AtomicsWaitGroup } from './atomics-wait-group.mjs'
import { inTurn, line, place, places } from './measure.mjs'
import { startPrograms } from './programs.mjs'
import { loopsFor } from './sides.mjs'

const CREATIONS = 20_000

/** @type {import('./measure.mjs').Row} */
export default {
  async run({ quick, programs }) {
    const rounds = quick ? 15 : 51
    const go = startPrograms(programs, ['Go'])
    /** @param {string} side @param {() => object} create */
    const timed = async (side, create) => {
      const { creations } = await loopsFor(side)
      return () => creations(create, CREATIONS)
    }
    const created = await inTurn(rounds, {
      ours: await timed('new: ours', () => new WaitGroup()),
      Int32Array: await timed('new: array', () => new Int32Array(new SharedArrayBuffer(16))),
      Atomics: await timed('new: Atomics', () => new AtomicsWaitGroup()),
      jpwilliams: await timed('new: jpwilliams', () => new jpwilliams.WaitGroup()),
      ...go.figures('create', CREATIONS),
    })
    const buffer = places(1)
    const byteOffset = place(0)
    const from = await inTurn(rounds, {
      ours: await timed('from: ours', () => WaitGroup.from({ buffer, byteOffset })),
      Int32Array: await timed('from: array', () => new Int32Array(buffer, byteOffset, 4)),
      Atomics: await timed('from: Atomics', () => new AtomicsWaitGroup(buffer, byteOffset)),
    })
    await go.end()
    return [
      line('new WaitGroup()', 'ns', created, { targets: { Int32Array: 1.3 } }),
      line('WaitGroup.from()', 'ns', from),
    ]
  },
}
