import { expect, test } from 'vitest'
import { Child } from '../helpers/child'

const CLEAN = { code: 0, signal: null, stdout: '', stderr: '' }

test('fifty terminated waiters leave the group to everybody else', async () => {
  expect(await Child.node('wait/fixtures/terminate-fifty.mjs').ended).toEqual(CLEAN)
})

test('terminate() ends a wait whose checkpoint V8 has optimised', async () => {
  const child = Child.node('wait/fixtures/terminate-fifty.mjs', ['optimised'], {
    flags: ['--allow-natives-syntax'],
  })
  expect(await child.ended).toEqual(CLEAN)
})

test('process.exit() in the main thread ends the process over blocked workers', async () => {
  expect(await Child.node('wait/fixtures/exit-over-blocked.mjs').ended).toEqual({
    ...CLEAN,
    code: 7,
  })
})

test('terminating a worker ends the blocked worker that it started', async () => {
  expect(await Child.node('wait/fixtures/terminate-parent.mjs').ended).toEqual(CLEAN)
})
