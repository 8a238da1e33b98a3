import { describe, test } from 'vitest'
import { checkStaysLoaded, ends } from '../helpers/stay-loaded'
import { KILL_SECONDS, SECONDS } from '../helpers/stress'

describe('the addon stays loaded when the only worker that has it ends with', () => {
  test.each(ends.map((each) => [each.end, each] as const))('%s', async (_, each) => {
    const until = performance.now() + (SECONDS * 1000) / ends.length
    for (let rounds = 50; ; rounds *= 2) {
      await checkStaysLoaded(each, rounds, { killSeconds: KILL_SECONDS })
      if (performance.now() > until) break
    }
  })
})
