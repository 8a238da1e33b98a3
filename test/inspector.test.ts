import { expect, test } from 'vitest'
import { Child } from './support/child'

const RELEASED = { code: 0, signal: null, stdout: 'released\n', stderr: '' }
const NATIVES = ['--allow-natives-syntax']

test('the inspector gets into a main thread that is blocked in wait()', async () => {
  expect(await Child.node('inspect-main.mjs', []).ended).toEqual(RELEASED)
})

test('the inspector gets into a worker that is blocked in wait()', async () => {
  expect(await Child.node('inspect-worker.mjs', []).ended).toEqual(RELEASED)
})

// V8 need not look for interrupts in optimised code that does nothing.
test.for(['inspect-main.mjs', 'inspect-worker.mjs'])(
  'the inspector gets in when V8 has optimised the checkpoint: %s',
  async (script) => {
    const child = Child.node(script, ['optimised'], 50, NATIVES)
    expect(await child.ended).toEqual(RELEASED)
  },
)
