import { expect, test } from 'vitest'
import { buildAddon, missing } from '../helpers/core'
import { inTest } from '../helpers/paths'
import { runJson } from '../helpers/run-json'

test('the main process of Electron, whose event loop is turned from outside', async () => {
  if (missing !== undefined) {
    console.warn(`NOT TESTED: a loop that is turned from outside: ${missing}`)
    return
  }
  const addon = await buildAddon(inTest('platforms/fixtures/embedded-loop.cc'))
  expect(await runJson('platforms/fixtures/embedded-loop.cjs', [addon])).toEqual({
    plain: true,
    run: [true, 3],
    failed: 'boom',
    exits: 'ERR_WAITGROUP_NO_RESULT',
    many: 1000,
    timedOut: false,
    aborted: 'why',
    terminated: true,
    blocking: [true, true],
  })
})
