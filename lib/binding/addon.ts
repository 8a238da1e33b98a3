import { hasLibuv } from '../runtime/host'
import * as layout from './layout'
import { loadAddon } from './load'
import { Result } from './result'

/** The address of a group's memory. Owns nothing: keep the view beside it. */
export type Handle = object

/**
 * The exports of native/addon/. Wrong arguments are a TypeError without details: check them first.
 * A function that can fail returns 0 or an id above 0 for success, else another {@link Result}.
 * Loading it beside an incompatible copy throws `ERR_WAITGROUP_INCOMPATIBLE_COPY`; load.ts finds it.
 */
export interface Native {
  /**
   * Adds all other functions and values, but for `takeOverInThread`, `alertParent` and `shared`. The
   * preload of a thread does not need them.
   */
  exportRest(): void

  /** Creates the handle of a group. `view`: an Int32Array over exactly its 16 bytes. */
  handle(view: Int32Array): Handle
  /** Does the second half of an addition: see state-word.ts. `old`: the state before it. */
  finishAdd(handle: Handle, delta: number, old: bigint): number
  /**
   * Blocks for up to `milliseconds` (Infinity: for ever). Calls `shouldStop` at its polls; true ends
   * the wait as interrupted. native/core/poll_schedule.h says when a wait polls, and JavaScriptCheck in
   * group.cc at which polls it calls.
   */
  wait(view: Int32Array, milliseconds: number, shouldStop: () => boolean): number
  /** Makes the blocked waits of this copy poll now, in all threads: threads are being stopped. */
  alertAll(): void
  /** Makes the blocked waits of the parent poll: it has something to see. Only in a spawned thread. */
  alertParent(): void
  /** Makes the blocked wait of this thread, whose poll this is, poll often. */
  alertOwn(): void

  /** Whether a write to the open file of this number waits. */
  isBlocking(file: number): boolean

  /**
   * Call it once per environment, before the first `waitAsync`. The loop calls `onReleased` after waits
   * were released. If an addition in this thread has released them, `onReleasedHere` is called instead,
   * at once. Either must {@link collect} them. The loop calls `onPollPhase` after
   * {@link callInPollPhase}. `results` is in shared memory, which cannot be detached. A hook of
   * async_hooks may call this function inside it: the call that returns first counts.
   */
  startPromises(
    onReleased: () => void,
    results: Int32Array,
    onPollPhase: () => void,
    onReleasedHere: () => void,
  ): void
  /**
   * Puts the id and the {@link Result} of each wait that was released into `results`, of
   * {@link BATCH} at most. Call it until it returns 0: the number of pairs.
   */
  collect(): number
  /**
   * Begins a promise wait and returns its id, in use until `collect` reports it or `cancel` ends
   * it. Keep `view` alive as long. Returns 0 or an error if the wait has already ended.
   */
  waitAsync(view: Int32Array): number
  /** Ends a promise wait: `Interrupted`, or its result if it was already released. */
  cancel(id: number): number
  /** Whether a promise wait of this thread is pending on this group. */
  isAwaited(view: Int32Array): boolean
  /** Sets whether pending waits keep the event loop alive. The first one sets true. */
  ref(on: boolean): void
  /**
   * Makes the loop call `onPollPhase` in its next poll phase, when no timer or immediate is running:
   * these can hide others from {@link LoopWatch.isAlive}. Does not keep the loop alive.
   */
  callInPollPhase(): void

  /**
   * Creates a guard, which owns one count until it is released or this environment ends. Returns
   * its id. This function and the next two keep the memory alive.
   */
  guard(view: Int32Array): number
  /**
   * In the parent, before the thread starts: adds a count, and owns it until the thread takes it
   * over. Returns the id of the guard.
   */
  ownForThread(view: Int32Array, record: Int32Array): number
  /** In a spawned thread: takes over the count. False if the parent has already released it. */
  takeOverInThread(view: Int32Array, record: Int32Array): boolean
  /** Counts down, if the guard still owns its count. */
  release(id: number): number

  /**
   * Creates the external that native/include/futex_waitgroup.h reads. It keeps `view` alive.
   * `hasLibuv`: the runtime is Node or Electron.
   */
  nativeHandle(view: Int32Array, hasLibuv: boolean): object

  /**
   * The number of handles to groups that native code holds, through all copies of this package in
   * the process. Above 0, threads that Node does not know of may still count down.
   */
  retained(): number

  /** Only in the main thread of plain Node. */
  watchLoop(): LoopWatch

  /** The absolute path of the addon's file. */
  readonly path: string
  /** Empty at first; see shared.ts. One object per environment. */
  readonly shared: object
  /** The values that C++ has for the constants of this folder. */
  readonly constants: { readonly [name: string]: number }
}

/** The state of this thread's event loop, for the deadlock report. */
export interface LoopWatch {
  /** Whether anything keeps the loop alive. */
  isAlive(): boolean
  /** Whether an unref'd handle may still run JavaScript. */
  mayAct(): boolean
  /** Whether a MessagePort exists that is older than this object. */
  hasOldPorts(): boolean
  /** Remembers the async handles that exist now. */
  mark(): void
  /** Makes `mayAct` ignore the async handles created since `mark`, if there are `expected`. */
  ignoreNew(expected: number): void
  /** Learns to recognize ports, from the two async handles created since `mark`. */
  learnPorts(): void
  /**
   * Finds the timer of an Atomics.waitAsync() that was called with this time-out, in milliseconds, in
   * the last ten minutes.
   *
   * @returns whether it was found. From then on `mayAct` ignores V8's other timers.
   */
  learnTimeOut(milliseconds: number): boolean
}

/** The maximum number of results per call of `collect`. */
export const BATCH = 512

export const native = loadAddon() as Native
// Evaluated more than once, this file finds the same exports.
if (!('path' in native)) (native as Native).exportRest()

/** Creates the external of a group for other addons. */
export const nativeHandle = (view: Int32Array): object => native.nativeHandle(view, hasLibuv)

for (const [name, value] of Object.entries({ ...layout, ...Result, BATCH })) {
  const original = native.constants[name]
  if (typeof value === 'number' && value !== original) {
    const difference = `${name} is ${original} there and ${value} here`
    throw new Error(`futex-waitgroup: ${native.path} has other sources: ${difference}`)
  }
}
