import { expect, test } from 'vitest'
import { resultOf } from './support/result-of'

interface Figures {
  waits: number
  calls: number
  heap: { before: number; during: number; after: number }
  rss: { before: number; during: number; after: number }
}

test('100,000 waits on 1,000 groups from 4 threads all settle, again and again, and leave no memory', async () => {
  const figures = (await resultOf('many-waits.mjs', [], ['--expose-gc'])) as Figures
  console.log(figures)
  expect(figures).toMatchObject({ waits: 1_600_000, calls: 16 * 26 })
  const { heap, rss } = figures
  // They take some tens of megabytes while they are there. C++ allocates 64 bytes for each, outside
  // V8's heap: lost, those of the 12 rounds after `before` would be 77 MB. (What V8 and malloc keep
  // for later goes up and down by some tens of megabytes.)
  expect(heap.during).toBeGreaterThan(heap.before + 20)
  expect(heap.after).toBeLessThan(heap.before + 2)
  expect(rss.after).toBeLessThan(rss.before + 50)
})
