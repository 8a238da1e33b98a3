import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { WaitGroup } from 'futex-waitgroup'
import { inTurn, line, now, place, places } from './measure.mjs'
import { blocking } from './sides.mjs'

const SCRIPT = new URL('blocked-thread.mjs', import.meta.url)

/** Threads of a side, all blocked before the first is terminated. */
const THREADS = 7

/** A wait that lasts longer may look less often whether its thread is terminated. */
const BLOCKED = 1500

/** @param {Worker | undefined} worker */
async function terminate(worker) {
  if (worker === undefined) throw new Error('no thread is left')
  const start = now()
  const exit = once(worker, 'exit')
  await worker.terminate()
  await exit
  return now() - start
}

/** @type {import('./measure.mjs').Row} */
export default {
  async run({ quick }) {
    const threads = quick ? 5 : THREADS
    const buffer = places(2)
    const groups = {
      ours: new blocking.ours(buffer, place(0)),
      Atomics: new blocking.Atomics(buffer, place(1)),
    }
    /** @param {'ours' | 'Atomics'} side */
    const data = (side) => ({
      workerData: { side, buffer, byteOffset: place(side === 'ours' ? 0 : 1) },
    })
    const wg = new WaitGroup()
    const starts = {
      spawned: () => wg.spawn(SCRIPT, data('ours')),
      ours: () => new Worker(SCRIPT, data('ours')),
      Atomics: () => new Worker(SCRIPT, data('Atomics')),
    }
    for (const group of Object.values(groups)) group.add(1)
    const started = Object.entries(starts).map(([name, start]) => ({
      name,
      workers: Array.from({ length: threads }, start),
    }))
    const delay = (/** @type {number} */ time) =>
      new Promise((resolve) => setTimeout(resolve, time))
    while (groups.ours.waiters < 2 * threads || groups.Atomics.waiters < threads) await delay(5)
    await delay(BLOCKED)
    const sides = started.map(({ name, workers }) => [name, () => terminate(workers.pop())])
    const {
      spawned = [],
      ours = [],
      Atomics: theirs = [],
    } = await inTurn(threads, Object.fromEntries(sides), 0)
    return [
      line(
        'terminate() of a blocked thread of spawn()',
        'ns',
        { ours: spawned, Atomics: theirs },
        { limit: 10e6 },
      ),
      line('terminate() of a blocked Worker', 'ns', { ours, Atomics: theirs }, { limit: 250e6 }),
    ]
  },
}
