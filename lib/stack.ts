/** More than Node's timers take several times over, also where V8 has to compile them first. */
const FRAMES = 1000

/**
 * Throws a RangeError if the stack is nearly at its end. For what is done by several calls, of which
 * an overflow would leave some undone: half a timer of Node's keeps the loop alive for ever.
 */
export function ensureStack(frames = FRAMES): number {
  return frames === 0 ? 0 : 1 + ensureStack(frames - 1)
}
