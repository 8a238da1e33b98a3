import { test } from 'vitest'
import { double, KILL_SECONDS, newSeed } from '../helpers/stress'

let seed = newSeed()

test(
  'random writes into groups that are in use harm nothing beside them',
  () =>
    double('wait/fixtures/fault-injection.mjs', 100_000, (writes) => [
      String(writes),
      String(seed++),
    ]),
  KILL_SECONDS * 2000,
)
