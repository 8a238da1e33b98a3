import path = require('node:path')
import load = require('node-gyp-build')

/** The address of a group's memory, owning nothing: keep the view beside it. */
export type Handle = object

/** `Result` of native/core/wait_group.h. `kOk` crosses as undefined, which costs nothing. */
export const Result = {
  Ok: undefined,
  TimedOut: 1,
  Interrupted: 2,
  NegativeCounter: 3,
  Misuse: 4,
  Reused: 5,
} as const
export type Result = (typeof Result)[keyof typeof Result]
/** What an operation answers that never ends early. */
export type Outcome = Exclude<Result, typeof Result.TimedOut | typeof Result.Interrupted>

/**
 * What native/addon/module.cc exports. It trusts its arguments: check them first. Loading it throws
 * `ERR_WAITGROUP_INCOMPATIBLE_COPY` beside another copy of this package that it does not fit together
 * with.
 */
export interface Native {
  /** `view`: an Int32Array over exactly the 16 bytes of a group. */
  handle(view: Int32Array): Handle
  add(handle: Handle, delta: number): Outcome
  /** Finishes an `add` whose `Atomics.add` on the state has returned `old`. */
  settle(handle: Handle, delta: number, old: bigint): Outcome
  /**
   * Blocks for up to `milliseconds` (Infinity: for ever). `checkpoint` is called about every 20 ms;
   * true ends the wait as interrupted.
   */
  wait(view: Int32Array, milliseconds: number, checkpoint: () => boolean): Result

  /**
   * Once, before the first `waitAsync`. `settle(count)` is called on the event loop, with a slot and
   * a `Result` (0 for ok) for each of `count` finished waits in `results`, a view of 2 * 512 numbers.
   * `look` is called after {@link lookSoon}.
   */
  startPromises(settle: (count: number) => void, results: Int32Array, look: () => void): void
  /**
   * Becomes a promise waiter: a slot, in use until `settle` names it or `cancel` takes it back; or
   * `-1 - result` where the wait is over at once. `view` has to live as long as the slot is in use.
   */
  waitAsync(view: Int32Array): number
  /** Stops waiting: `Interrupted`, or what became of a wait that had already been released. */
  cancel(slot: number): Outcome | typeof Result.Interrupted
  /** Whether the waits that are pending now keep the event loop alive. At first they do. */
  ref(on: boolean): void
  /**
   * Calls `look` in the next poll phase of the event loop, where no timer and no immediate is running:
   * those hide others of their kind from {@link LoopWatch.isAlive}. Does not keep the loop alive.
   */
  lookSoon(): void

  /**
   * Owns one count until it is released, or until this thread's environment goes away. Like all of
   * these, it keeps its memory alive by itself.
   */
  guard(view: Int32Array): number
  /** In a spawned thread: takes the count over from the parent. -1: the parent has released it. */
  guardThread(view: Int32Array, cell: Int32Array): number
  /**
   * In the parent, before the thread starts: counts up, and owns that count until the thread takes
   * it over. `-1 - result` where the group panics.
   */
  watchThread(view: Int32Array, cell: Int32Array): number
  /** Ends a guard or a watch: counts down, if that is still its to do. */
  release(id: number): Outcome

  /**
   * How many handles to groups the C++ code of addons holds at present, through all copies of this
   * package in the process. Above 0, a thread that Node knows nothing of may still count.
   */
  retained(): number

  /** The absolute path of the addon's own file. */
  readonly path: string

  /** Empty at first; lib/shared.ts says what is in it. One object per environment. */
  readonly shared: object

  /** For the main thread of plain Node only. */
  watchLoop(): LoopWatch
}

/** What the deadlock report asks of this thread's event loop. */
export interface LoopWatch {
  /** Whether something keeps the loop alive. */
  isAlive(): boolean
  /** Whether a handle that does not keep it alive may still run JavaScript. */
  mayAct(): boolean
  /** Whether a MessagePort is still there that was there before this object. */
  hasOldPorts(): boolean
  /** Remembers which async handles there are, for the two below. */
  mark(): void
  /** The async handles that are new since `mark` never act, if there are as many as expected. */
  ignoreNew(expected: number): void
  /** The async handles that are new since `mark` are the ports of a new MessageChannel. */
  learnPorts(): void
  /**
   * An Atomics.waitAsync() with this time-out, in milliseconds, was called not long ago.
   *
   * @returns whether its timer was found. From then on `mayAct` knows V8's other timers as harmless.
   */
  learnTimeOut(milliseconds: number): boolean
}

export const native = load(path.join(__dirname, '..')) as Native
