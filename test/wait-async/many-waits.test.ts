import { expect, test } from 'vitest'
import { runJson } from '../helpers/run-json'

interface Figures {
  waits: number
  calls: number
  heap: { before: number; during: number; after: number }
  rss: { before: number; during: number; after: number }
}

test('100,000 waits on 1,000 groups from 4 threads all settle, again and again, and leave no memory', async () => {
  const figures = (await runJson('wait-async/fixtures/many-waits.mjs', [], {
    flags: ['--expose-gc'],
  })) as Figures
  console.log(figures)
  expect(figures).toMatchObject({ waits: 1_600_000, calls: 16 * 26 })
  const { heap, rss } = figures
  // They take some tens of megabytes while they are there. What V8 and malloc keep for later goes up
  // and down by far more than that, on a busy machine: the resident size is for the log, with a bound
  // for what only grows. (The C++ stress run looks for leaks with the tools for it.)
  expect(heap.during).toBeGreaterThan(heap.before + 20)
  expect(heap.after).toBeLessThan(heap.before + 2)
  expect(rss.after).toBeLessThan(2 * rss.before + 50)
})
