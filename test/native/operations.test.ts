import { beforeAll, describe, expect, test } from 'vitest'
import { Child } from '../helpers/child'
import { buildConsumer, missing } from '../helpers/core'
import { inTest } from '../helpers/paths'

if (missing !== undefined) console.warn(`not tested: threads of other addons: ${missing}`)

describe.runIf(missing === undefined)('futex_waitgroup.h', () => {
  let addon = ''
  beforeAll(async () => {
    addon = await buildConsumer(inTest('native/fixtures/consumer.cc'))
  })

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
    const ended = await Child.node('native/fixtures/operations.mjs', [addon, name]).ended
    expect(ended).toExitCleanly('ok\n')
  })
})
