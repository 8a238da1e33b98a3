/**
 * The results of the addon's functions: 0 or an id above 0 for success, else one of the others.
 * They are the negatives of `Result` in native/core/result.h. addon.ts compares them.
 */
export const Result = {
  Ok: 0,
  TimedOut: -1,
  Interrupted: -2,
  NegativeCounter: -3,
  Misuse: -4,
  Reused: -5,
} as const

/** One of Go's panics. */
export type Panic = typeof Result.NegativeCounter | typeof Result.Misuse | typeof Result.Reused

export function isPanic(result: number): result is Panic {
  return result <= Result.NegativeCounter
}
