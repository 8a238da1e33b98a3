/** Several times the frames that Node's timers need, even if V8 has to compile them first. */
const FRAMES = 1000

/**
 * Throws a RangeError if the stack has no room for `frames` more frames. Call it before calls that
 * an overflow must not separate: an incomplete timer of Node keeps the loop alive for ever.
 */
export function ensureStack(frames = FRAMES): number {
  return frames === 0 ? 0 : 1 + ensureStack(frames - 1)
}
