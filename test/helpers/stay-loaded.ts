import { expect } from 'vitest'
import { Child, type ChildOptions } from './child'

/** How a worker ends, and the counter and the waiters that it leaves: a pending wait is given up. */
export const ends = [
  { end: 'nothing', left: '0 0' },
  { end: 'guards', left: '0 0' },
  { end: 'promise waits', left: '1 0' },
  { end: 'a promise wait that was settled', left: '0 0' },
  { end: 'threads', left: '0 0' },
  { end: 'all of it, and a throw', left: '0 0' },
]

/** So many workers, one after the other, are the only ones to load the addon, and end like this. */
export async function checkStaysLoaded(
  { end, left }: (typeof ends)[number],
  rounds: number,
  options?: ChildOptions,
): Promise<void> {
  const args = [end, String(rounds)]
  const ended = await Child.node('threads/fixtures/stay-loaded.mjs', args, options).ended
  const loaded = process.platform === 'linux' ? 'loaded true\n' : ''
  expect(ended).toExitCleanly(`${left}\n`.repeat(rounds) + loaded)
}
