import path = require('node:path')
import load = require('node-gyp-build')

/** The address of a group's memory, owning nothing: keep the view beside it. */
export type Handle = object

/** `Result` of native/wait_group.h. `kOk` crosses as undefined, which costs nothing. */
export const Result = {
  Ok: undefined,
  TimedOut: 1,
  Interrupted: 2,
  NegativeCounter: 3,
  Misuse: 4,
  Reused: 5,
} as const
export type Result = (typeof Result)[keyof typeof Result]

/** What native/addon.cc exports. It trusts its arguments: check them first. */
export interface Native {
  /** `view`: an Int32Array over exactly the 16 bytes of a group. */
  handle(view: Int32Array): Handle
  add(handle: Handle, delta: number): Result
  /** What is left of `add` once `Atomics.add` on the state has returned `old`. */
  settle(handle: Handle, delta: number, old: bigint): Result
  /**
   * Blocks for up to `milliseconds` (Infinity: for ever). `checkpoint` is called about every 20 ms;
   * true ends the wait as interrupted.
   */
  wait(view: Int32Array, milliseconds: number, checkpoint: () => boolean): Result
}

export const native = load(path.join(__dirname, '..')) as Native
