/** The other thread of promise-latency.mjs, in the same order of rounds. */
import { workerData } from 'node:worker_threads'
import { holdEventLoop, inTurn, place, sleep } from './measure.mjs'
import { PLACES } from './promise-latency.mjs'
import { groupsAndMessages } from './promise-sides.mjs'

/** Time for the main thread's event loop to fall asleep, in milliseconds. */
const SETTLE = 2

/** @type {import('./promise-latency.mjs').Settings & { buffer: SharedArrayBuffer, port: import('./sides.mjs').MessagePort }} */
const { buffer, port, waits, trips, rounds, warmup } = workerData
const gate = new Int32Array(buffer, place(PLACES.gate), 1)
const stamp = new BigInt64Array(buffer, place(PLACES.gate) + 8, 1)
let wait = 0

const oneWay = groupsAndMessages(buffer, PLACES.oneWay, port).map(([name, group]) => {
  const side = () => {
    for (let i = 0; i < waits; i++) {
      while (Atomics.load(gate, 0) === wait) Atomics.wait(gate, 0, wait)
      wait++
      sleep(SETTLE)
      stamp[0] = process.hrtime.bigint()
      group.done()
    }
  }
  return [name, side]
})
const pongs = groupsAndMessages(buffer, PLACES.pong, port)
const andBack = groupsAndMessages(buffer, PLACES.ping, port).map(([name, ping], index) => {
  const pong = pongs[index]?.[1] ?? ping
  const side = async () => {
    for (let i = 0; i < trips; i++) {
      await ping.waitAsync()
      ping.add(1)
      pong.done()
    }
  }
  return [name, side]
})

await holdEventLoop(async () => {
  await inTurn(rounds, Object.fromEntries(oneWay), warmup)
  await inTurn(rounds, Object.fromEntries(andBack), warmup)
})
port.close()
