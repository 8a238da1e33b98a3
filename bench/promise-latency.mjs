import { Worker } from 'node:worker_threads'
import { distribution, holdEventLoop, interleaveAsync, now, place, places } from './measure.mjs'
import { groups, missing } from './promises.mjs'

const WAITS = 50
const WARMUP = 2

/** @type {import('./measure.mjs').Row} */
export default {
  name: 'promise-latency',
  missing,
  run: ({ quick }) =>
    holdEventLoop(async () => {
      const rounds = quick ? 3 : 21
      const buffer = places(3)
      const { ours, theirs } = groups(buffer)
      // `gate` is the number of the wait: the thread counts down when it grows, at time `stamp`.
      const gate = new Int32Array(buffer, place(2), 1)
      const stamp = new BigInt64Array(buffer, place(2) + 8, 1)
      const worker = new Worker(new URL('promise-latency-thread.mjs', import.meta.url), {
        workerData: { buffer, waits: WAITS, rounds, warmup: WARMUP },
      })
      const exit = new Promise((resolve, reject) =>
        worker.once('exit', resolve).once('error', reject),
      )

      /** @param {import('./promises.mjs').Group} group */
      async function latencies(group) {
        const times = new Float64Array(WAITS)
        for (let i = 0; i < WAITS; i++) {
          group.add(1)
          const wait = group.waitAsync()
          Atomics.add(gate, 0, 1)
          Atomics.notify(gate, 0)
          await wait
          times[i] = now() - Number(stamp[0])
        }
        return times
      }
      const result = await interleaveAsync(
        rounds,
        () => latencies(ours),
        () => latencies(theirs),
        WARMUP,
      )
      await exit
      return distribution('from done() in a worker to the continuation', result, 1)
    }),
}
