import { expect, test } from 'vitest'
import { Child } from '../helpers/child'

const NATIVES = ['--allow-natives-syntax']

test('the debugger gets into a main thread that is blocked in wait()', async () => {
  expect(await Child.node('wait/fixtures/debug-main.mjs').ended).toExitCleanly('released\n')
})

test('the debugger gets into a worker that is blocked in wait()', async () => {
  expect(await Child.node('wait/fixtures/debug-worker.mjs').ended).toExitCleanly('released\n')
})

// V8 need not look for interrupts in optimised code that does nothing.
test.for(['wait/fixtures/debug-main.mjs', 'wait/fixtures/debug-worker.mjs'])(
  'the debugger gets in when V8 has optimised the interrupt check: %s',
  async (script) => {
    const child = Child.node(script, ['optimised'], { flags: NATIVES })
    expect(await child.ended).toExitCleanly('released\n')
  },
)
