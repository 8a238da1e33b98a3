import { describe, expect, test } from 'vitest'
import { Child } from '../helpers/child'

describe.concurrent(
  'waitAsync() at the end of the stack leaves no waiter counted, and no loop alive',
  () => {
    test.each(
      ['a time-out', 'a signal', 'both', 'neither'].flatMap((name) =>
        ['first', 'later'].map((when) => [name, when] as const),
      ),
    )('with %s, %s', async (name, when) => {
      const ended = await Child.node('wait/fixtures/stack-end.mjs', [name, when]).ended
      // Node itself complains on stderr of rejections there.
      expect(ended).toExit({ stderr: /^[^]*$/ })
      const { through, refused, waiters, words } = JSON.parse(ended.stdout)
      expect(through).toBeGreaterThan(0)
      expect(refused + through).toBe(1500)
      // Those without a limit are still waiting.
      if (name !== 'neither') expect(waiters).toBe(0)
      expect(words).toEqual([0, 0, 0, 0])
    })
  },
)
