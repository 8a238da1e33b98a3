import type { WaitGroup } from 'futex-waitgroup'

/** The 16 bytes: [waiters, counter, permits, sleepers]. */
export function words(wg: WaitGroup): number[] {
  return [...new Int32Array(wg.buffer, wg.byteOffset, 4)]
}
