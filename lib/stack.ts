/** More than Node's timers and event targets take, several times over. */
const FRAMES = 200

/**
 * Throws a RangeError if the stack is nearly at its end. For what is done by several calls, of which
 * an overflow would leave some undone.
 */
export function ensureStack(frames = FRAMES): number {
  return frames === 0 ? 0 : 1 + ensureStack(frames - 1)
}
