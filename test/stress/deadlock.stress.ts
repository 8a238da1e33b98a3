import { expect, test } from 'vitest'
import { Child } from '../helpers/child'
import { KILL_SECONDS, SECONDS } from '../helpers/stress'

test('a deadlock is reported beside hundreds of workers that have ended', async () => {
  const end = performance.now() + SECONDS * 1000
  for (let workers = 100; ; workers *= 2) {
    const args = ['a blocking wait beside many workers that have ended', `${workers}`]
    const child = Child.node('deadlock/fixtures/deadlock.mjs', args, { killSeconds: KILL_SECONDS })
    expect(await child.ended).toExitCleanly(new RegExp(`deadlock!.*,${workers}\\]\n$`))
    if (performance.now() > end) break
  }
})
