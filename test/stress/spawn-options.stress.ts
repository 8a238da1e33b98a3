import { describe, test } from 'vitest'
import { byName } from '../helpers/by-name'
import { checkParent, parents } from '../helpers/spawn-options'
import { KILL_SECONDS } from '../helpers/stress'

describe('a spawned script sees what it would see as a Worker, below a parent', () => {
  test.each(byName(parents))('%s', (_, parent) =>
    checkParent(parent, 'all', { killSeconds: KILL_SECONDS }),
  )
})
