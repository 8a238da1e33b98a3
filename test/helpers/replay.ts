// Replays what real Go did (test/go/fixtures/vectors.json) on a group of ours. Go's waiters are
// goroutines; here the caller chooses: threads, promises, or both (Waiters).
import { readFileSync } from 'node:fs'
import { setImmediate, setTimeout } from 'node:timers/promises'
import { inspect, isDeepStrictEqual } from 'node:util'
import { WaitGroup, WaitGroupError, type WaitGroupErrorCode } from 'futex-waitgroup'
import { inTest } from './paths'

/** What was recorded of a step, in Go and here. */
interface Record {
  /** Go's text; for `join`, the waiter's own. */
  panic: string | null
  counter: number
  waiters: number
  /** Permits left over; absent when 0. */
  sema?: number
  /** Ids of the waiters that returned in this step, ascending; absent when none did. */
  returned?: number[]
  blocked?: true
}

type Operation =
  | { op: 'add'; delta: number }
  | { op: 'done' }
  | { op: 'wait' }
  | { op: 'spawnWait'; id: number }
  | { op: 'join'; id: number }
  | { op: 'expectBlocked'; ids: number[] }
  | { op: 'poke'; counter: number; waiters: number }
  | { op: 'atomic'; steps: Step[] }

export type Step = Operation & Record

export interface Scenario {
  name: string
  tags: string[]
  steps: Step[]
}

export const { scenarios } = JSON.parse(
  readFileSync(inTest('go/fixtures/vectors.json'), 'utf8'),
) as { scenarios: Scenario[] }

/** One call of `wait()`, or of what takes its place. */
export interface Waiter {
  readonly returned: boolean
  /** Once it has returned: Go's text of its panic (see {@link panicText}), null where there was none. */
  readonly panic: string | null
}

/** Where waiters come from. */
export interface Waiters {
  /** Starts one. It may still be on its way to `wait()` when this returns. */
  start(group: WaitGroup): Waiter
}

export interface Replay {
  /**
   * The steps as they went here: the same as `scenario.steps`, where we are as Go. The replay stops
   * at the first step that went differently.
   */
  steps: Step[]
  /** How many deltas were outside int32, and refused as they should be. */
  refused: number
  /** The replay stopped at a step where Go does what no int32 can ask for (see `refuse`). */
  cut: boolean
}

/** Go's panics and our codes for them; written out here since lib/errors/errors.ts is what is tested. */
const CODES: { [text: string]: WaitGroupErrorCode } = {
  'sync: negative WaitGroup counter': 'ERR_WAITGROUP_NEGATIVE_COUNTER',
  'sync: WaitGroup misuse: Add called concurrently with Wait': 'ERR_WAITGROUP_MISUSE',
  'sync: WaitGroup is reused before previous Wait has returned': 'ERR_WAITGROUP_REUSED',
}

/** An answer that takes this long will not come. */
const PATIENCE = 100_000

/** The group's 16 bytes, behind its back. */
class Memory {
  readonly #state: BigInt64Array
  readonly #words: Int32Array

  constructor(group: WaitGroup) {
    this.#state = new BigInt64Array(group.buffer, group.byteOffset, 1)
    this.#words = new Int32Array(group.buffer, group.byteOffset, 4)
  }

  get state(): bigint {
    return Atomics.load(this.#state, 0)
  }

  poke(counter: number, waiters: number): void {
    Atomics.store(this.#state, 0, (BigInt(counter) << 32n) | BigInt(waiters))
  }

  get permits(): number {
    return Atomics.load(this.#words, 2) >>> 0
  }

  set permits(permits: number) {
    Atomics.store(this.#words, 2, permits)
  }

  get sleepers(): number {
    return Atomics.load(this.#words, 3) >>> 0
  }
}

class Replayer {
  readonly #waiters: Waiters
  readonly #group = new WaitGroup()
  readonly #memory = new Memory(this.#group)
  readonly #started = new Map<number, Waiter>()
  /** Those of them that are not known to have returned. */
  readonly #out = new Map<number, Waiter>()
  refused = 0
  cut = false

  constructor(waiters: Waiters) {
    this.#waiters = waiters
  }

  async step(step: Step): Promise<Step> {
    const before = this.#memory.state
    const ours = this.#perform(step)
    if (step.op === 'spawnWait') {
      const waiter = this.#waiter(step.id)
      await this.#until(() => waiter.returned || this.#memory.state !== before)
    } else if (step.op === 'expectBlocked') {
      await setTimeout(20)
      if (step.ids.every((id) => !this.#waiter(id).returned)) ours.blocked = true
    }
    // Every waiter that Go's step let go. One that returns and should not have is seen below, or in
    // the step in which it does.
    const expected = (step.returned ?? []).map((id) => this.#waiter(id))
    await this.#until(() => expected.every((waiter) => waiter.returned))
    const returned: number[] = []
    for (const [id, waiter] of this.#out) {
      if (waiter.returned) returned.push(id)
    }
    for (const id of returned) this.#out.delete(id)
    if (returned.length > 0) ours.returned = returned.sort((a, b) => a - b)
    return Object.assign(ours, this.#snapshot())
  }

  /**
   * Releases all waiters that are still blocked, for the next scenario.
   *
   * @returns what was found to be wrong in doing so
   */
  async finish(): Promise<string[]> {
    const problems: string[] = []
    const out = [...this.#out.values()].filter((waiter) => !waiter.returned)
    if (out.length < this.#out.size) problems.push('a waiter returned late')
    // This many are blocked, whatever the memory says of it after pokes and panics.
    this.#memory.permits = 0
    this.#memory.poke(1, out.length)
    this.#group.done()
    await this.#until(() => out.every((waiter) => waiter.returned))
    if (!out.every((waiter) => waiter.returned)) problems.push('a waiter could not be released')
    const { permits, sleepers } = this.#memory
    if (permits !== 0) problems.push(`${permits} permits are left over`)
    if (sleepers !== 0) problems.push(`${sleepers} sleepers are counted, but no thread sleeps`)
    return problems
  }

  /** The synchronous part of a step. */
  #perform(step: Step): Step {
    const ours = operation(step)
    switch (ours.op) {
      case 'add':
        ours.panic = this.#panicOf(() => this.#add(ours.delta))
        break
      case 'done':
        ours.panic = this.#panicOf(() => this.#group.done())
        break
      case 'wait':
        ours.panic = this.#panicOf(() => this.#wait())
        break
      case 'spawnWait': {
        const waiter = this.#waiters.start(this.#group)
        this.#started.set(ours.id, waiter)
        this.#out.set(ours.id, waiter)
        break
      }
      case 'join': {
        const waiter = this.#waiter(ours.id)
        ours.panic = waiter.returned ? waiter.panic : 'still blocked'
        break
      }
      case 'poke':
        this.#memory.poke(ours.counter, ours.waiters)
        break
      case 'atomic':
        // One synchronous turn: no promise waiter runs in between.
        ours.steps = ours.steps.map((inner) => {
          return Object.assign(this.#perform(inner), this.#snapshot())
        })
        break
    }
    return ours
  }

  #add(delta: number): void {
    this.#group.add((delta | 0) === delta ? delta : this.#refuse(delta))
  }

  /** The driver waits at zero only; the time-out is for a bug that makes it block. */
  #wait(): void {
    if (!this.#group.wait({ timeout: PATIENCE })) throw new Error('wait() blocked at zero')
  }

  /**
   * Our one deliberate difference: Go drops the upper half of a delta, we refuse such a delta.
   *
   * @returns the delta that asks for the same in 32 bits, to go on as Go did. No such delta exists
   * where Go's *misuse* check takes the sign of all 64 bits: there the replay is cut.
   */
  #refuse(delta: number): number {
    const before = [this.#memory.state, this.#memory.permits]
    let refusal: unknown
    try {
      this.#group.add(delta)
    } catch (error) {
      refusal = error
    }
    if (!(refusal instanceof RangeError && 'code' in refusal)) {
      throw new Error(`add(${delta}) was not refused`, { cause: refusal })
    }
    if (refusal.code !== 'ERR_OUT_OF_RANGE') throw refusal
    const after = [this.#memory.state, this.#memory.permits]
    if (before.some((word, i) => word !== after[i])) throw new Error(`add(${delta}) left a trace`)
    this.refused++
    const half = Number(BigInt.asIntN(32, BigInt(delta)))
    if (this.#group.count === 0 && this.#group.waiters !== 0 && half > 0 !== delta > 0) {
      this.cut = true
    }
    return half
  }

  #snapshot(): Pick<Record, 'counter' | 'waiters' | 'sema'> {
    const { permits } = this.#memory
    return {
      counter: this.#group.count,
      waiters: this.#group.waiters,
      ...(permits === 0 ? {} : { sema: permits }),
    }
  }

  #waiter(id: number): Waiter {
    const waiter = this.#started.get(id)
    if (waiter === undefined) throw new Error(`the scenario never started waiter ${id}`)
    return waiter
  }

  #panicOf(call: () => void): string | null {
    try {
      call()
    } catch (error) {
      return panicText(error)
    }
    return null
  }

  /** Lets the waiters run, in this thread too, until `condition` holds or they had time enough. */
  async #until(condition: () => boolean): Promise<void> {
    const deadline = performance.now() + PATIENCE
    while (!condition() && performance.now() < deadline) await setImmediate()
  }
}

/** A step without its record: what is to be done. */
function operation(step: Step): Step {
  const ours = { ...step, panic: null }
  delete ours.sema
  delete ours.returned
  delete ours.blocked
  return ours
}

/** Go's text for what a waiter or the driver threw, if it is right in all respects. */
export function panicText(error: unknown): string {
  const text = error instanceof WaitGroupError ? goText(error) : undefined
  return text ?? `not a panic of Go's: ${inspect(error)}`
}

/**
 * Go's text for the fields of a WaitGroupError, undefined where they do not fit together. A message
 * may go on after Go's text, with a colon.
 */
export function goText({ name, code, message }: PanicFields): string | undefined {
  const text = Object.keys(CODES).find(
    (each) => message === each || message.startsWith(`${each}: `),
  )
  return name === 'WaitGroupError' && text !== undefined && code === CODES[text] ? text : undefined
}

export type PanicFields = Pick<WaitGroupError, 'name' | 'message'> & { code: unknown }

/** Runs `scenario` on a fresh group with `waiters` as Go's goroutines. */
export async function replay(scenario: Scenario, waiters: Waiters): Promise<Replay> {
  const replayer = new Replayer(waiters)
  const steps: Step[] = []
  let asInGo = true
  for (const step of scenario.steps) {
    const ours = await replayer.step(step)
    if (replayer.cut) break
    steps.push(ours)
    asInGo = isDeepStrictEqual(ours, step)
    if (!asInGo) break
  }
  const problems = await replayer.finish()
  // After a step that went differently the steps say more than what came of it.
  if (asInGo && problems.length > 0) throw new Error(`at the end: ${problems.join(', ')}`)
  return { steps, refused: replayer.refused, cut: replayer.cut }
}
