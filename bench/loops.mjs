/** The loops that rows time: `loopsFor` in sides.mjs says how they are loaded. */
import { now } from './measure.mjs'

/** @typedef {import('./sides.mjs').Group} Group */

/**
 * Nanoseconds for each `add(1)` and `done()`.
 *
 * @param {Pick<Group, 'add' | 'done'>} group
 * @param {number} count
 */
export function pairs(group, count) {
  const start = now()
  for (let i = 0; i < count; i++) {
    group.add(1)
    group.done()
  }
  return (now() - start) / count
}

/**
 * Nanoseconds for each `wait()` of a group at zero.
 *
 * @param {Pick<Group, 'wait'>} group
 * @param {number} count
 */
export function waits(group, count) {
  // Counts the results, so that V8 cannot drop a call.
  let zeros = 0
  const start = now()
  for (let i = 0; i < count; i++) if (group.wait()) zeros++
  const time = now() - start
  if (zeros !== count) throw new Error(`${zeros} of ${count} calls found zero`)
  return time / count
}

/**
 * Nanoseconds for each object that `create` returns, garbage collection included.
 *
 * @param {() => object} create
 * @param {number} count
 */
export function creations(create, count) {
  /** @type {unknown[]} Makes each object escape. */
  const last = [undefined]
  const start = now()
  for (let i = 0; i < count; i++) last[0] = create()
  return (now() - start) / count
}

/**
 * One half of a number of round trips. The waiter of a group raises it to 1 again after each wait.
 *
 * @param {Group} ping
 * @param {Group} pong
 * @param {number} trips
 * @returns the time of each trip in nanoseconds
 */
export function call(ping, pong, trips) {
  const times = new Float64Array(trips)
  let last = performance.now()
  for (let i = 0; i < trips; i++) {
    ping.done()
    pong.wait()
    pong.add(1)
    const time = performance.now()
    times[i] = (time - last) * 1e6
    last = time
  }
  return times
}

/**
 * The other half.
 *
 * @param {Group} ping
 * @param {Group} pong
 * @param {number} trips
 * @param {() => void} [pause] before each answer
 */
export function answer(ping, pong, trips, pause) {
  for (let i = 0; i < trips; i++) {
    ping.wait()
    ping.add(1)
    pause?.()
    pong.done()
  }
}

/**
 * A number of fork–joins over threads that are in `work`. A gate is 1 while its thread waits.
 *
 * @param {Group[]} gates Of the threads.
 * @param {Group} joined
 * @param {number} tasks
 * @param {number} repeats
 * @returns the time of each in nanoseconds
 */
export function forkJoin(gates, joined, tasks, repeats) {
  const times = new Float64Array(repeats)
  const needed = gates.slice(0, tasks)
  for (let i = 0; i < repeats; i++) {
    const start = performance.now()
    joined.add(tasks)
    for (const gate of needed) gate.done()
    joined.wait()
    times[i] = (performance.now() - start) * 1e6
  }
  return times
}

/**
 * A thread's half of `forkJoin`.
 *
 * @param {Group} gate
 * @param {Group} joined
 * @param {number} tasks Of this thread.
 * @param {number} microseconds Of a task.
 * @param {number} repeats
 */
export function work(gate, joined, tasks, microseconds, repeats) {
  if (tasks === 0) return
  for (let i = 0; i < repeats; i++) {
    gate.wait()
    gate.add(1)
    for (let task = 0; task < tasks; task++) {
      compute(microseconds)
      joined.done()
    }
  }
}

/** @param {number} microseconds */
export function compute(microseconds) {
  if (microseconds === 0) return
  const end = performance.now() + microseconds / 1000
  while (performance.now() < end);
}
