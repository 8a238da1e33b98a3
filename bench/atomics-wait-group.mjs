/**
 * The competitor: a WaitGroup as an expert would write it by hand, with nothing but `Atomics`.
 *
 * | cell | what |
 * |---|---|
 * | 0 | the counter |
 * | 1 | how many wait; only ever a reason to notify |
 * | 2 | the generation, which the waiters sleep on: one more for each release |
 *
 * The generation is what makes it correct: who slept on the counter would miss its zero whenever
 * the group is used again before the sleeper gets to look.
 *
 * No wake is lost. A waiter counts itself and then looks at the counter; the last `done` changes
 * the counter and then looks at the waiters. One of them sees the other. If `done` does, it moves
 * the generation on: whoever took its number before that is woken, or does not fall asleep.
 */
const COUNTER = 0
const WAITERS = 1
const GENERATION = 2

/**
 * TypeScript knows it from es2024 on; every Node that we support has it.
 *
 * @typedef {(cells: Int32Array, index: number, value: number) =>
 *   { async: false, value: string } | { async: true, value: Promise<string> }} WaitAsync
 */
const { waitAsync } = /** @type {{ waitAsync: WaitAsync }} */ (/** @type {unknown} */ (Atomics))

export class AtomicsWaitGroup {
  static BYTES = 12

  /**
   * @param {SharedArrayBuffer} [buffer]
   * @param {number} [byteOffset]
   */
  constructor(buffer = new SharedArrayBuffer(AtomicsWaitGroup.BYTES), byteOffset = 0) {
    /** @readonly */
    this.cells = new Int32Array(buffer, byteOffset, 3)
  }

  get waiters() {
    return Atomics.load(this.cells, WAITERS)
  }

  add(delta = 1) {
    const cells = this.cells
    const count = Atomics.add(cells, COUNTER, delta) + delta
    if (count > 0) return
    if (count < 0) throw new Error('negative WaitGroup counter')
    if (Atomics.load(cells, WAITERS) === 0) return
    Atomics.add(cells, GENERATION, 1)
    Atomics.notify(cells, GENERATION)
  }

  done() {
    this.add(-1)
  }

  /** @returns {boolean} true: the counter was zero. */
  wait() {
    const cells = this.cells
    if (Atomics.load(cells, COUNTER) === 0) return true
    const generation = Atomics.load(cells, GENERATION)
    Atomics.add(cells, WAITERS, 1)
    while (Atomics.load(cells, COUNTER) !== 0 && Atomics.load(cells, GENERATION) === generation) {
      Atomics.wait(cells, GENERATION, generation)
    }
    Atomics.sub(cells, WAITERS, 1)
    return true
  }

  /**
   * Pending, it does not keep Node's event loop alive: see `holdEventLoop` in measure.mjs.
   *
   * @returns {Promise<boolean>} true: the counter was zero.
   */
  async waitAsync() {
    const cells = this.cells
    if (Atomics.load(cells, COUNTER) === 0) return true
    const generation = Atomics.load(cells, GENERATION)
    Atomics.add(cells, WAITERS, 1)
    while (Atomics.load(cells, COUNTER) !== 0 && Atomics.load(cells, GENERATION) === generation) {
      const woken = waitAsync(cells, GENERATION, generation)
      if (woken.async) await woken.value
    }
    Atomics.sub(cells, WAITERS, 1)
    return true
  }
}

/** As long as ours spins (native/core/semaphore.cc), in milliseconds. */
const SPIN = 0.03
const LOOKS_PER_CLOCK = 64

/** `Atomics.pause`, where this Node has it (24 and later). */
const pause = /** @type {{ pause?: () => void }} */ (/** @type {unknown} */ (Atomics)).pause

/**
 * The same group with a spin before it sleeps: always, of fixed length, it learns nothing.
 *
 * The spin is not counted as a waiter, so that a `done` that meets it has nobody to notify. Where
 * the rules are kept (no new `add` before everybody has returned from `wait`) it misses no zero.
 */
export class SpinningAtomicsWaitGroup extends AtomicsWaitGroup {
  /** @override */
  wait() {
    const cells = this.cells
    if (Atomics.load(cells, COUNTER) === 0) return true
    const until = performance.now() + SPIN
    do {
      for (let i = 0; i < LOOKS_PER_CLOCK; i++) {
        if (Atomics.load(cells, COUNTER) === 0) return true
        if (pause !== undefined) pause()
      }
    } while (performance.now() < until)
    return super.wait()
  }
}
