import { test } from 'vitest'
import { checkSignals, POSIX } from '../helpers/signals'
import { KILL_SECONDS, SECONDS } from '../helpers/stress'

if (!POSIX) console.warn('not tested: signals, which only POSIX has')

test.runIf(POSIX)('handled signals end no wait early and no time-out late', async () => {
  const end = performance.now() + SECONDS * 1000
  for (let signals = 10_000; ; signals *= 2) {
    await checkSignals(signals, { killSeconds: KILL_SECONDS })
    if (performance.now() > end) break
  }
})
