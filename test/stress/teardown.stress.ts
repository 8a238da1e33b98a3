import { expect, test } from 'vitest'
import { Child } from '../helpers/child'
import { KILL_SECONDS, newSeed, SECONDS } from '../helpers/stress'

test('threads exit, throw or are terminated with waits pending, half under releases', async () => {
  const args = [`${SECONDS}`, `${newSeed()}`]
  console.log(`teardown-storm.mjs ${args.join(' ')}`)
  const ended = await Child.node('threads/fixtures/teardown-storm.mjs', args, {
    killSeconds: KILL_SECONDS,
  }).ended
  console.log(ended.stdout)
  expect(ended).toExitCleanly()
})

test('the main thread never loads the addon, its workers come and go', async () => {
  const end = performance.now() + SECONDS * 1000
  for (let rounds = 20; ; rounds *= 2) {
    const child = Child.node('threads/fixtures/teardown-only-workers.mjs', [`${rounds}`], {
      killSeconds: KILL_SECONDS,
    })
    expect(await child.ended).toExitCleanly(`${rounds} rounds\n`)
    if (performance.now() > end) break
  }
})
