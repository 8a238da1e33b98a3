import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Each file in a process of its own: what blocks or crashes takes nothing along.
    pool: 'forks',
    // Most of them wait for threads and children of theirs.
    maxWorkers: 2,
    // Longer than the kill timers, which say more.
    testTimeout: 120_000,
  },
})
