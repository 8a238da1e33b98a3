import { describe, test } from 'vitest'
import { byName } from '../helpers/by-name'
import { checkJest, modes } from '../helpers/jest'

// The stress run has both kinds of timers in each mode.
describe.concurrent('Jest runs all tests that load the package', () => {
  test.each(byName(modes))('%s', (_, mode) =>
    checkJest(mode, mode.args.includes('--runInBand') ? ['timers', 'fakeTimers'] : ['timers']),
  )
})
