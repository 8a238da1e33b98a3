import { test } from 'vitest'
import { expectNoLeaks } from '../helpers/leaks'
import { KILL_SECONDS, SECONDS } from '../helpers/stress'

// 20 a second are started, or more.
const THREADS = Math.max(1000, 20 * SECONDS)
const LIMIT = KILL_SECONDS + THREADS

test(
  `${THREADS} threads leave nothing behind`,
  () => expectNoLeaks(THREADS, LIMIT),
  (LIMIT + 60) * 1000,
)
