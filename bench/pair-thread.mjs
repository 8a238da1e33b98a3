/** The other thread of pair.mjs, in the same order of rounds. */
import { workerData } from 'node:worker_threads'
import { inTurn } from './measure.mjs'
import { layouts, sidesAt } from './pair.mjs'
import { loopsFor } from './sides.mjs'

/** @type {{ buffer: SharedArrayBuffer, turns: Int32Array, count: number, rounds: number, warmup: number }} */
const { buffer, turns, count, rounds, warmup } = workerData
const loops = { ours: await loopsFor('ours'), Atomics: await loopsFor('Atomics') }
let turn = 0

/** @param {() => unknown} pairs */
function together(pairs) {
  while (Atomics.load(turns, 0) === turn) Atomics.wait(turns, 0, turn)
  turn++
  pairs()
  Atomics.store(turns, 1, turn)
  Atomics.notify(turns, 1)
}

for (const index of layouts.keys()) {
  const { ours, Atomics: theirs } = sidesAt(buffer, index, 1)
  await inTurn(
    rounds,
    {
      ours: () => together(() => loops.ours.pairs(ours, count)),
      Atomics: () => together(() => loops.Atomics.pairs(theirs, count)),
    },
    warmup,
  )
}
