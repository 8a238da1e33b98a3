import { test } from 'vitest'
import { checkManyWaits } from '../helpers/many-waits'
import { KILL_SECONDS, SECONDS } from '../helpers/stress'

test('100,000 waits on 1,000 groups from 4 threads all settle, again and again, and leave no memory', async () => {
  const end = performance.now() + SECONDS * 1000
  let rounds = 16
  do {
    await checkManyWaits(rounds, { killSeconds: KILL_SECONDS })
    rounds *= 2
  } while (performance.now() < end)
})
