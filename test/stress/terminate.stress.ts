import { expect, test } from 'vitest'
import { Child } from '../helpers/child'
import { double, KILL_SECONDS, newSeed } from '../helpers/stress'

test('terminate() at any point of a wait', async () => {
  await double('wait/fixtures/terminate-anywhere.mjs', 10, (work) => [`${work}`, `${newSeed()}`])
})

test.each([
  { name: 'interpreted', args: [] },
  { name: 'optimised', args: ['optimised'] },
])('fifty terminated waiters leave the group usable: interrupt check $name', async ({ args }) => {
  const child = Child.node('wait/fixtures/terminate-waiters.mjs', ['10', ...args], {
    flags: ['--allow-natives-syntax'],
    killSeconds: KILL_SECONDS,
  })
  expect(await child.ended).toExitCleanly('')
})
