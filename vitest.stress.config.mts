import { defineConfig } from 'vitest/config'
import { KILL_SECONDS, SECONDS } from './test/helpers/stress-seconds.mjs'

export default defineConfig({
  test: {
    include: ['test/stress/**/*.stress.ts'],
    pool: 'forks',
    // One at a time: they want the processors for themselves.
    fileParallelism: false,
    // Longer than the kill timer of the last child, which says more.
    testTimeout: Math.max(600, SECONDS + KILL_SECONDS + 60) * 1000,
  },
})
