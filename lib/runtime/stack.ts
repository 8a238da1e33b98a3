/** More than Node's timers need, several times over, even if V8 has to compile them first. */
const FRAMES = 1000

/**
 * Throws a RangeError near the end of the stack. Call it before several calls of which an overflow
 * must not skip some: half a timer of Node keeps the loop alive for ever.
 */
export function ensureStack(frames = FRAMES): number {
  return frames === 0 ? 0 : 1 + ensureStack(frames - 1)
}
