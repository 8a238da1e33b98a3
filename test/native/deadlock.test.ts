import { describe, expect, test } from 'vitest'
import { missing } from '../helpers/core'
import { here, runConsumer } from '../helpers/native'

const node = here.filter(({ name }) => name === 'Node')

describe.runIf(missing === undefined).each(node)('a native thread holds a handle', (runtime) => {
  test.concurrent.each(['it counts down, blocking', 'it counts down, promise'])(
    'no deadlock is reported: %s',
    async (name) => {
      expect(await runConsumer(runtime, 'deadlock.mjs', name)).toExitCleanly('true\n')
    },
  )

  test.concurrent.each([
    'it lets go, blocking',
    'it lets go, promise',
    'it lets go of what the collector has found, promise',
    'it has let go, blocking',
    'it has let go, promise',
  ])('a deadlock is reported: %s', async (name) => {
    expect(await runConsumer(runtime, 'deadlock.mjs', name)).toExit({
      code: 1,
      stdout: '',
      stderr: /ERR_WAITGROUP_DEADLOCK/,
    })
  })
})
