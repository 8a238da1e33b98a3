import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/stress/**/*.stress.ts'],
    pool: 'forks',
    // One at a time: they want the processors for themselves.
    fileParallelism: false,
    testTimeout: 600_000,
  },
})
