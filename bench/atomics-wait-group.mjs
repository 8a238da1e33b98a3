/**
 * The competitor: a WaitGroup as an expert would write it by hand with `Atomics` alone.
 *
 * | cell | meaning |
 * |---|---|
 * | 0 | the counter, which waiters sleep on |
 * | 1 | the number of waiters; `done` notifies only if it is not 0 |
 *
 * No wake is lost. A waiter first counts itself, then reads the counter; the last `done` first
 * changes the counter, then reads the waiters. One of them sees the other. If `done` does, it
 * notifies after the change: a waiter that read the old counter is woken, or does not fall asleep.
 *
 * A `done` may notify late, when the group is in use again. Then a new waiter wakes, reads a counter
 * that is not zero, and sleeps again. No waiter misses its zero: in legal use the counter is raised
 * only after all waiters have returned.
 */
const COUNTER = 0
const WAITERS = 1

/**
 * TypeScript has its type from es2024 on. Every supported Node has the function.
 *
 * @typedef {(cells: Int32Array, index: number, value: number) =>
 *   { async: false, value: string } | { async: true, value: Promise<string> }} WaitAsync
 */
const { waitAsync } = /** @type {{ waitAsync: WaitAsync }} */ (/** @type {unknown} */ (Atomics))

export class AtomicsWaitGroup {
  static BYTES = 8

  /**
   * @param {SharedArrayBuffer} [buffer]
   * @param {number} [byteOffset]
   */
  constructor(buffer = new SharedArrayBuffer(AtomicsWaitGroup.BYTES), byteOffset = 0) {
    /** @readonly */
    this.cells = new Int32Array(buffer, byteOffset, 2)
  }

  get waiters() {
    return Atomics.load(this.cells, WAITERS)
  }

  add(delta = 1) {
    const cells = this.cells
    const count = Atomics.add(cells, COUNTER, delta) + delta
    if (count > 0) return
    if (count < 0) throw new Error('negative WaitGroup counter')
    if (Atomics.load(cells, WAITERS) !== 0) Atomics.notify(cells, COUNTER)
  }

  done() {
    this.add(-1)
  }

  /** @returns {boolean} true: the counter was zero. */
  wait() {
    const cells = this.cells
    if (Atomics.load(cells, COUNTER) === 0) return true
    Atomics.add(cells, WAITERS, 1)
    for (let count; (count = Atomics.load(cells, COUNTER)) !== 0;) {
      Atomics.wait(cells, COUNTER, count)
    }
    Atomics.sub(cells, WAITERS, 1)
    return true
  }

  /**
   * A pending wait does not keep Node's event loop alive: see `holdEventLoop` in measure.mjs.
   *
   * @returns {Promise<boolean>} true: the counter was zero.
   */
  async waitAsync() {
    const cells = this.cells
    if (Atomics.load(cells, COUNTER) === 0) return true
    Atomics.add(cells, WAITERS, 1)
    for (let count; (count = Atomics.load(cells, COUNTER)) !== 0;) {
      const woken = waitAsync(cells, COUNTER, count)
      if (woken.async) await woken.value
    }
    Atomics.sub(cells, WAITERS, 1)
    return true
  }
}

/** As long as our own spin (native/core/semaphore.cc), in milliseconds. */
const SPIN = 0.03
const LOOKS_PER_CLOCK = 64

/** After n failed spins in a row, this thread's next 2^n - 1 waits do not spin, as ours. */
const MAX_BACK_OFF = 8
let failures = 0
let skip = 0

/** `Atomics.pause`: Node 24 and later have it. */
const pause = /** @type {{ pause?: () => void }} */ (/** @type {unknown} */ (Atomics)).pause

/**
 * The same group with our spin before each sleep.
 *
 * A spinning thread does not count as a waiter, so `done` need not notify it. It misses no zero in
 * legal use: no `add` before all waiters have returned.
 */
export class SpinningAtomicsWaitGroup extends AtomicsWaitGroup {
  /** @override */
  wait() {
    const cells = this.cells
    if (Atomics.load(cells, COUNTER) === 0) return true
    if (skip > 0) {
      skip--
      return super.wait()
    }
    const until = performance.now() + SPIN
    do {
      for (let i = 0; i < LOOKS_PER_CLOCK; i++) {
        if (Atomics.load(cells, COUNTER) === 0) {
          failures = 0
          return true
        }
        if (pause !== undefined) pause()
      }
    } while (performance.now() < until)
    if (failures < MAX_BACK_OFF) failures++
    skip = 2 ** failures - 1
    return super.wait()
  }
}
