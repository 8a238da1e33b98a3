import path = require('node:path')
import load = require('node-gyp-build')
import * as layout from './layout'
import { Result } from './result'

/** The address of a group's memory. Owns nothing: keep the view beside it. */
export type Handle = object

/**
 * What native/addon/ exports. It trusts its arguments: check them first. A function that can fail
 * returns a number: 0, or an id above 0, for success; another {@link Result} for all else. Loading
 * it throws `ERR_WAITGROUP_INCOMPATIBLE_COPY` beside an incompatible copy of this package.
 */
export interface Native {
  /** `view`: an Int32Array over exactly the 16 bytes of a group. */
  handle(view: Int32Array): Handle
  /** The second half of an addition: see state-word.ts. `old`: the state before. */
  finishAdd(handle: Handle, delta: number, old: bigint): number
  /**
   * Blocks for up to `milliseconds` (Infinity: for ever). Calls `shouldStop` once per poll interval,
   * which is 20 ms; true ends the wait as interrupted.
   */
  wait(view: Int32Array, milliseconds: number, shouldStop: () => boolean): number

  /**
   * Once per environment, before the first `waitAsync`. The loop calls `onResults(count)`, with an
   * id and a {@link Result} in `results` for each of `count` released waits. `results` has room for
   * {@link BATCH}. The loop calls `onLook` after {@link lookSoon}.
   */
  startPromises(onResults: (count: number) => void, results: Int32Array, onLook: () => void): void
  /**
   * Begins a promise wait. An id is in use until `onResults` reports it or `cancel` ends it; keep
   * `view` alive as long. 0 or an error: the wait has ended.
   */
  waitAsync(view: Int32Array): number
  /** Ends a promise wait: `Interrupted`, or the result of a wait that was already released. */
  cancel(id: number): number
  /** Whether the waits that are pending now keep the event loop alive. At first they do. */
  ref(on: boolean): void
  /**
   * Makes the loop call `onLook` in its next poll phase. No timer and no immediate runs then; a
   * running one hides others from {@link LoopWatch.isAlive}. Does not keep the loop alive.
   */
  lookSoon(): void

  /**
   * Owns one count until it is released or this thread's environment ends: an id. This and the next
   * two keep the memory alive themselves.
   */
  guard(view: Int32Array): number
  /**
   * In the parent, before the thread starts: counts up, and owns that count until the thread takes it
   * over: an id.
   */
  ownForThread(view: Int32Array, record: Int32Array): number
  /** In a spawned thread: takes the count over. False: the parent has already released it. */
  takeOverInThread(view: Int32Array, record: Int32Array): boolean
  /** Counts down, if `guard` or `ownForThread` still owns the count. */
  release(id: number): number

  /**
   * The number of handles to groups that native code holds, through all copies of this package in the
   * process. Above 0, threads that Node does not know of may still count.
   */
  retained(): number

  /** Only in the main thread of plain Node. */
  watchLoop(): LoopWatch

  /** The absolute path of the addon's file. */
  readonly path: string
  /** Empty at first; see shared.ts. One object per environment. */
  readonly shared: object
  /** C++'s values of this folder's constants. */
  readonly constants: { readonly [name: string]: number }
}

/** What the deadlock report asks of this thread's event loop. */
export interface LoopWatch {
  /** Whether something keeps the loop alive. */
  isAlive(): boolean
  /** Whether an unref'd handle may still run JavaScript. */
  mayAct(): boolean
  /** Whether a MessagePort still exists that existed before this object. */
  hasOldPorts(): boolean
  /** Remembers the async handles that exist now. */
  mark(): void
  /** The async handles that are new since `mark` never act, if there are as many as expected. */
  ignoreNew(expected: number): void
  /** The async handles that are new since `mark` are the ports of a new MessageChannel. */
  learnPorts(): void
  /**
   * Finds the timer of an Atomics.waitAsync() that was called with this time-out, in milliseconds, in
   * the last ten minutes.
   *
   * @returns whether it was found. From then on `mayAct` ignores V8's other timers.
   */
  learnTimeOut(milliseconds: number): boolean
}

/** How many results `onResults` reports at most. */
export const BATCH = 512

export const native = load(path.join(__dirname, '../..')) as Native

for (const [name, value] of Object.entries({ ...layout, ...Result, BATCH })) {
  const original = native.constants[name]
  if (typeof value === 'number' && value !== original) {
    const difference = `${name} is ${original} there and ${value} here`
    throw new Error(`futex-waitgroup: ${native.path} has other sources: ${difference}`)
  }
}
