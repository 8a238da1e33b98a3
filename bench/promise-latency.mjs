import { MessageChannel } from 'node:worker_threads'
import { distribution, holdEventLoop, inTurn, now, place, places, startThread } from './measure.mjs'
import { groupsAndMessages } from './promise-sides.mjs'

/** @import { AsyncGroup } from './sides.mjs' */

const WAITS = 50
const TRIPS = 200
const WARMUP = 2

/** @typedef {ReturnType<typeof settings>} Settings @param {boolean} quick */
function settings(quick) {
  const rounds = quick ? 9 : 21
  return { waits: WAITS, trips: TRIPS, rounds, warmup: WARMUP }
}

/** The places of the groups: of those of one way, and of those for there and back. */
export const PLACES = { oneWay: 0, ping: 2, pong: 4, gate: 6 }

/**
 * @param {[string, AsyncGroup][]} groups
 * @param {(group: AsyncGroup, index: number) => Promise<Float64Array>} measure
 */
function each(groups, measure) {
  return Object.fromEntries(
    groups.map(([name, group], index) => [name, () => measure(group, index)]),
  )
}

/** @type {import('./measure.mjs').Row} */
export default {
  run: ({ quick }) =>
    holdEventLoop(async () => {
      const { rounds, warmup, ...counts } = settings(quick)
      const buffer = places(7)
      const { port1, port2 } = new MessageChannel()
      // `gate` is the number of the wait: the thread counts down when it grows, at time `stamp`.
      const gate = new Int32Array(buffer, place(PLACES.gate), 1)
      const stamp = new BigInt64Array(buffer, place(PLACES.gate) + 8, 1)
      const shared = { buffer, port: port2, rounds, warmup, ...counts }
      const ended = startThread('promise-latency-thread.mjs', shared, [port2])

      const oneWay = each(groupsAndMessages(buffer, PLACES.oneWay, port1), async (group) => {
        const times = new Float64Array(counts.waits)
        for (let i = 0; i < times.length; i++) {
          group.add(1)
          const wait = group.waitAsync()
          Atomics.add(gate, 0, 1)
          Atomics.notify(gate, 0)
          await wait
          times[i] = now() - Number(stamp[0])
        }
        return times
      })
      const pings = groupsAndMessages(buffer, PLACES.ping, port1)
      const pongs = groupsAndMessages(buffer, PLACES.pong, port1)
      for (const [, group] of [...pings, ...pongs]) group.add(1)
      const andBack = each(pings, async (ping, index) => {
        const pong = pongs[index]?.[1] ?? ping
        const times = new Float64Array(counts.trips)
        for (let i = 0; i < times.length; i++) {
          const start = now()
          const wait = pong.waitAsync()
          ping.done()
          await wait
          pong.add(1)
          times[i] = now() - start
        }
        return times
      })
      const lines = [
        ...distribution(
          'from done() in a worker to the continuation',
          await inTurn(rounds, oneWay, warmup),
          { targets: { 'Atomics.waitAsync': 1 } },
          { targets: { 'Atomics.waitAsync': 1 } },
        ),
        ...distribution(
          'there and back, both awaited',
          await inTurn(rounds, andBack, warmup),
          { targets: { 'Atomics.waitAsync': 1 } },
          { targets: { 'Atomics.waitAsync': 1 } },
        ),
      ]
      await ended
      port1.close()
      return lines
    }),
}
