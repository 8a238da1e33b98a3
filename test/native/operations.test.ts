import { describe, expect, test } from 'vitest'
import { missing } from '../helpers/core'
import { here, runConsumer } from '../helpers/native'

describe.runIf(missing === undefined).each(here.map((each) => [each.name, each] as const))(
  'futex_waitgroup.h on %s',
  (_, runtime) => {
    test.concurrent.each([
      'each operation',
      'its external in place of the group',
      'a wait that JavaScript releases',
      'waits of JavaScript that a native thread releases',
      'a wait that times out',
      'a negative counter',
      'a misuse',
      'a reuse',
      'no group',
      'a null pointer',
      'a wrong version',
      'a wrong thread',
      'an exception that is pending',
    ])('%s', async (name) => {
      expect(await runConsumer(runtime, 'operations.mjs', name)).toExitCleanly('ok\n')
    })
  },
)
