import { expect, test } from 'vitest'
import { WaitGroup } from 'futex-waitgroup'
import { Child } from '../helpers/child'

test('a wait that its own thread releases needs no turn of the event loop', async () => {
  const wg = new WaitGroup()
  for (let waits = 1; waits <= 1000; waits *= 10) {
    wg.add(2)
    const all = Array.from({ length: waits }, () => wg.waitAsync())
    let turned = false
    const immediate = setImmediate(() => (turned = true))
    wg.done()
    wg.add(-1)
    expect(new Set(await Promise.all(all))).toEqual(new Set([true]))
    expect(turned).toBe(false)
    clearImmediate(immediate)
  }
})

test.each(["a program's then() throws", 'the stack is at its end'])(
  'such a wait is settled although %s',
  async (what) => {
    // The look for deadlocks would find a release that nobody has delivered.
    const env = { ...process.env, FUTEX_WAITGROUP_NO_DEADLOCK_REPORT: '1' }
    const end = await Child.node('wait-async/fixtures/own-release.mjs', [what], { env }).ended
    expect(end).toExitCleanly('released\n')
  },
)
