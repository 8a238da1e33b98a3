import { describe, test } from 'vitest'
import { byName } from '../helpers/by-name'
import { checkJest, modes } from '../helpers/jest'
import { KILL_SECONDS } from '../helpers/stress'

describe('Jest runs all tests that load the package', () => {
  test.each(byName(modes))('%s', (_, mode) =>
    checkJest(mode, ['timers', 'fakeTimers'], { killSeconds: KILL_SECONDS }),
  )
})
