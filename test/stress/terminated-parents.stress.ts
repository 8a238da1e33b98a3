import { test } from 'vitest'
import { double, KILL_SECONDS } from '../helpers/stress'

let seed = Date.now() % 1e6

test(
  'the threads of workers that die count down once, and use no memory that is gone',
  () =>
    double('threads/fixtures/terminated-parents.mjs', 100, (rounds) => [
      String(rounds),
      String(seed++),
    ]),
  KILL_SECONDS * 2000,
)
