import os from 'node:os'
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads'
import { distribution, inTurn, place, places, startThread } from './measure.mjs'
import { startPrograms } from './programs.mjs'
import { blocking, blockingNames, loopsFor, MessageGroup } from './sides.mjs'

/** @import { Group, MessagePort } from './sides.mjs' */

/** Main sleeps meanwhile. */
const THREADS = Math.min(os.availableParallelism(), 8)

/** The fork–joins of one side in one round take about this long, in microseconds. */
const TURN = 10_000

/**
 * @typedef {object} Size
 * @property {number} tasks
 * @property {number} microseconds Of a task.
 * @property {number} repeats
 * @property {number} rounds
 * @property {number} warmup
 * @property {boolean} slow A fork–join takes seconds. Then only ours and Atomics are compared.
 *
 * @param {boolean} quick
 * @returns {Size[]}
 */
function sizes(quick) {
  return [0, 10, ...(quick ? [] : [1000])].flatMap((microseconds) =>
    (quick ? [1, 64, 4096] : [1, 8, 64, 512, 4096]).map((tasks) => {
      const expected = 20 + (tasks * (microseconds + 0.3)) / Math.min(tasks, THREADS)
      const repeats = Math.max(1, Math.round(TURN / expected))
      const long = expected > 10 * TURN
      const rounds = long ? 3 : quick ? 9 : 21
      const slow = expected > 100 * TURN
      return { tasks, microseconds, repeats, rounds, slow, warmup: long ? 0 : 2 }
    }),
  )
}

/**
 * The places of thread `index` are 1 + index, those of all together 0.
 *
 * @param {number} side
 * @param {number} index
 */
function placeOf(side, index) {
  return place(side * (THREADS + 1) + index)
}

/** The end of all tasks as messages: a task's thread sends one, and main takes them all. */
class JoinedMessages {
  /**
   * @param {MessagePort[]} ports
   * @param {Int32Array} left
   */
  constructor(ports, left) {
    this.ports = ports
    this.left = left
  }

  /** @param {number} tasks */
  add(tasks) {
    Atomics.add(this.left, 0, tasks)
  }

  done() {
    for (const port of this.ports) port.postMessage(0)
    if (Atomics.sub(this.left, 0, 1) === 1) Atomics.notify(this.left, 0)
  }

  wait() {
    for (let left; (left = Atomics.load(this.left, 0)) > 0;) Atomics.wait(this.left, 0, left)
    for (const port of this.ports) while (receiveMessageOnPort(port) !== undefined);
    return true
  }
}

/**
 * The groups of each side.
 *
 * @param {SharedArrayBuffer} buffer
 * @param {MessagePort[]} ports Main has one for each thread, a thread its own.
 * @param {number} [first] The number of the first one's thread.
 */
export async function sides(buffer, ports, first = 0) {
  /** @param {number} side @param {number} i */
  const sent = (side, i) => new Int32Array(buffer, placeOf(side, i), 1)
  /** @type {{ name: string, joined: Group, gates: Group[] }[]} */
  const all = blockingNames.map((name, side) => ({
    name,
    joined: new blocking[name](buffer, placeOf(side, 0)),
    gates: ports.map((_, i) => new blocking[name](buffer, placeOf(side, 1 + first + i))),
  }))
  const side = all.length
  all.push({
    name: 'messages',
    joined: new JoinedMessages(ports, sent(side, 0)),
    gates: ports.map((port, i) => new MessageGroup(port, sent(side, 1 + first + i))),
  })
  return Promise.all(all.map(async (each) => ({ ...each, loops: await loopsFor(each.name) })))
}

/** @type {import('./measure.mjs').Row} */
export default {
  async run({ quick, programs }) {
    const cells = sizes(quick)
    const go = startPrograms(programs, ['Go'])
    const buffer = places((blockingNames.length + 1) * (THREADS + 1))
    const channels = Array.from({ length: THREADS }, () => new MessageChannel())
    const own = await sides(
      buffer,
      channels.map(({ port1 }) => port1),
    )
    for (const { gates } of own) for (const gate of gates) gate.add(1)
    const ended = channels.map(({ port2 }, index) =>
      startThread('fork-join-thread.mjs', { buffer, port: port2, index, cells }, [port2]),
    )
    const lines = []
    for (const { tasks, microseconds, repeats, rounds, slow, warmup } of cells) {
      const mine = compared(own, slow).map(({ name, joined, gates, loops }) => {
        const side = () => loops.forkJoin(gates, joined, tasks, repeats)
        return [name, side]
      })
      const samples = await inTurn(
        rounds,
        {
          ...Object.fromEntries(mine),
          ...(slow ? {} : go.sides('fork-join', tasks, microseconds, repeats, THREADS)),
        },
        warmup,
      )
      const most = tasks === 64 && microseconds === 0 ? { targets: { Atomics: 1 / 3 } } : {}
      const both = distribution(`tasks of ${microseconds} µs`, samples, { size: tasks, ...most })
      // The 99th percentile of longer tasks is that of the machine.
      lines.push(...both.slice(0, microseconds === 0 ? 2 : 1))
    }
    await Promise.all([...ended, go.end()])
    for (const { port1 } of channels) port1.close()
    return lines
  },
}

/**
 * @template T
 * @param {T[]} sides
 * @param {boolean} slow
 */
export function compared(sides, slow) {
  return slow ? sides.slice(0, 2) : sides
}

/**
 * How many of the tasks are those of thread `index`.
 *
 * @param {number} tasks
 * @param {number} index
 */
export function share(tasks, index) {
  return Math.floor((tasks + THREADS - 1 - index) / THREADS)
}
