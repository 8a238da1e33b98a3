import { expect } from 'vitest'
import type { ChildOptions } from './child'
import { runJson } from './run-json'

interface Figures {
  waits: number
  calls: number
  heap: { before: number; during: number; after: number }
  rss: { before: number; during: number; after: number }
}

/** So often 100,000 waits are pending at once, and none leaves memory behind. */
export async function checkManyWaits(rounds: number, options: ChildOptions = {}): Promise<void> {
  const figures = (await runJson('wait-async/fixtures/many-waits.mjs', [`${rounds}`], {
    ...options,
    flags: ['--expose-gc'],
  })) as Figures
  console.log(figures)
  expect(figures).toMatchObject({ waits: rounds * 100_000, calls: rounds * 26 })
  const { heap, rss } = figures
  // They take some tens of megabytes while they are there. What V8 and malloc keep for later goes up
  // and down by far more than that, on a busy machine: the resident size is for the log, with a bound
  // for what only grows. (The C++ stress run looks for leaks with the tools for it.)
  expect(heap.during).toBeGreaterThan(heap.before + 20)
  expect(heap.after).toBeLessThan(heap.before + 2)
  expect(rss.after).toBeLessThan(2 * rss.before + 50)
}
