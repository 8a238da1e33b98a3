/**
 * What the addon's functions return: 0, or an id above 0, for success; one of the others for all
 * else. They are the negatives of `Result` in native/core/result.h.
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
