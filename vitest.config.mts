import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Each file in a process of its own: what blocks or crashes takes nothing along.
    pool: 'forks',
    // Most of them wait for threads and children of theirs, and some sleep.
    maxWorkers: 3,
    // The same goes for concurrent tests of one file: many of their children sleep.
    maxConcurrency: 8,
    // Against hangs, and longer than the kill timers of children, which say more.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    teardownTimeout: 60_000,
  },
})
