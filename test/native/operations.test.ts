import { describe, expect, test } from 'vitest'
import { missing } from '../helpers/core'
import { here, runConsumer } from '../helpers/native'
import { operations } from './fixtures/cases.mjs'

describe.runIf(missing === undefined).each(here.map((each) => [each.name, each] as const))(
  'futex_waitgroup.h on %s',
  (_, runtime) => {
    test.concurrent.each(operations)('%s', async (name) => {
      expect(await runConsumer(runtime, 'operations.mjs', name)).toExitCleanly('ok\n')
    })
  },
)
