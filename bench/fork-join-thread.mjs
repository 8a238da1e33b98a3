/** One of the threads of fork-join.mjs, in the same order of rounds. */
import { workerData } from 'node:worker_threads'
import { compared, share, sides } from './fork-join.mjs'
import { inTurn } from './measure.mjs'

/** @type {{ buffer: SharedArrayBuffer, port: import('./sides.mjs').MessagePort, index: number, cells: import('./fork-join.mjs').Size[] }} */
const { buffer, port, index, cells } = workerData
const own = await sides(buffer, [port], index)

for (const { tasks, microseconds, repeats, rounds, slow, warmup } of cells) {
  const mine = compared(own, slow).map(({ name, joined, gates: [gate], loops }) => {
    if (gate === undefined) throw new Error('no gate')
    const side = () => loops.work(gate, joined, share(tasks, index), microseconds, repeats)
    return [name, side]
  })
  await inTurn(rounds, Object.fromEntries(mine), warmup)
}
