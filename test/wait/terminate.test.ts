import { expect, test } from 'vitest'
import { Child } from '../helpers/child'

/** Batches of five waiters. The stress run has ten. */
const BATCHES = '3'

test('terminated waiters leave the group usable for the other threads', async () => {
  const child = Child.node('wait/fixtures/terminate-waiters.mjs', [BATCHES])
  expect(await child.ended).toExitCleanly('')
})

test('terminate() ends a wait whose interrupt check V8 has optimised', async () => {
  const child = Child.node('wait/fixtures/terminate-waiters.mjs', [BATCHES, 'optimised'], {
    flags: ['--allow-natives-syntax'],
  })
  expect(await child.ended).toExitCleanly('')
})

test('process.exit() in the main thread ends the process over blocked workers', async () => {
  const ended = await Child.node('wait/fixtures/exit-over-blocked.mjs').ended
  expect(ended).toExit({ code: 7, stdout: '' })
})

test('terminating a worker ends the blocked worker that it started', async () => {
  expect(await Child.node('wait/fixtures/terminate-parent.mjs').ended).toExitCleanly('')
})

test('terminate() of a spawned thread does not wait for its next poll', async () => {
  const ended = await Child.node('wait/fixtures/polls.mjs').ended
  expect(ended).toExitCleanly()
  const { spawned, plain } = JSON.parse(ended.stdout) as { spawned: number; plain: number }
  expect(spawned).toBeLessThan(plain)
})
