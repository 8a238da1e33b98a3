import { expect } from 'vitest'
import { Child } from './child'

type Amount = 'rss' | 'heapUsed' | 'external' | 'handles'

/** What many-threads.mjs counts: amounts, and things of which there must be as many as before. */
type Census = { [amount in Amount]: number } & { [things: string]: number }

/** Starts so many threads, and counts before and after them. */
async function leftBy(way: 'spawn' | 'worker', threads: number, seconds: number) {
  const flags = ['--no-warnings', '--expose-gc']
  const args = [way, String(threads)]
  const ended = await Child.node('threads/fixtures/many-threads.mjs', args, {
    flags,
    killSeconds: seconds,
  }).ended
  expect(ended).toExitCleanly()
  return JSON.parse(ended.stdout) as { before: Census; after: Census }
}

/**
 * Starts so many threads by spawn(), and as many plain Workers in an equal process. Nothing may be
 * left of ours, and of memory not much more than of the others.
 */
export async function expectNoLeaks(threads: number, seconds: number): Promise<void> {
  const [ours, theirs] = await Promise.all([
    leftBy('spawn', threads, seconds),
    leftBy('worker', threads, seconds),
  ])
  const { rss, heapUsed, external } = ours.before
  // Exact, but for the amounts.
  const amounts = { rss, heapUsed, external, handles: ours.before.handles }
  expect({ ...ours.after, ...amounts }).toEqual(ours.before)
  // The heap of a process that does nothing changes by less than half a megabyte; the allocator
  // holds on to some of what a thread had, for the next one. Node 24 collects the handles of a dead
  // worker late: a third of them are still there, of theirs too.
  const growth = ({ before, after }: typeof ours, amount: Amount) =>
    Math.max(0, after[amount] - before[amount])
  console.log(
    `${threads} threads: heap +${growth(ours, 'heapUsed') >> 10} KB, plain Workers ` +
      `+${growth(theirs, 'heapUsed') >> 10} KB; resident +${growth(ours, 'rss') >> 20} MB and ` +
      `+${growth(theirs, 'rss') >> 20} MB, of ${rss >> 20} MB; handles ` +
      `+${growth(ours, 'handles')} and +${growth(theirs, 'handles')}`,
  )
  expect(growth(ours, 'heapUsed')).toBeLessThan(2 * growth(theirs, 'heapUsed') + heapUsed / 4)
  expect(growth(ours, 'external')).toBeLessThan(2 * growth(theirs, 'external') + external / 4)
  expect(growth(ours, 'handles')).toBeLessThan(growth(theirs, 'handles') + threads / 2)
  expect(growth(ours, 'rss')).toBeLessThan(2 * growth(theirs, 'rss') + rss / 2)
}
