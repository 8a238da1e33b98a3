import { expect, test } from 'vitest'
import { Child } from '../helpers/child'

const RELEASED = { code: 0, signal: null, stdout: 'released\n', stderr: '' }
const NATIVES = ['--allow-natives-syntax']

test('the inspector gets into a main thread that is blocked in wait()', async () => {
  expect(await Child.node('wait/fixtures/debug-main.mjs').ended).toEqual(RELEASED)
})

test('the inspector gets into a worker that is blocked in wait()', async () => {
  expect(await Child.node('wait/fixtures/debug-worker.mjs').ended).toEqual(RELEASED)
})

// V8 need not look for interrupts in optimised code that does nothing.
test.for(['wait/fixtures/debug-main.mjs', 'wait/fixtures/debug-worker.mjs'])(
  'the inspector gets in when V8 has optimised the checkpoint: %s',
  async (script) => {
    const child = Child.node(script, ['optimised'], { flags: NATIVES })
    expect(await child.ended).toEqual(RELEASED)
  },
)
