import { test } from 'vitest'
import { double, KILL_SECONDS, newSeed } from '../helpers/stress'

let seed = newSeed()

test(
  'the threads of workers that die count down once, and use no memory that is gone',
  () =>
    double('threads/fixtures/terminated-parents.mjs', 100, (rounds) => [
      String(rounds),
      String(seed++),
    ]),
  KILL_SECONDS * 2000,
)
