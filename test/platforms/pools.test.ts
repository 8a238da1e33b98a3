// Pools of threads, joined by a group: what returns and what hangs if main blocks, as docs/pools.md says.
import { existsSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { pools } from '../../scripts/support/runtimes.mjs'
import { byName } from '../helpers/by-name'
import { Child } from '../helpers/child'

const cases = byName([
  { name: 'piscina', returns: ['new', 'warm', 'several tasks in a thread'] },
  { name: 'tinypool', returns: ['new', 'warm'] },
  { name: 'workerpool', returns: ['warm'] },
])

describe.concurrent('blocking for the tasks of', () => {
  test.each(cases)('%s', async (name, { returns }) => {
    const file = pools[name as keyof typeof pools]
    if (!existsSync(file)) {
      console.warn(`NOT TESTED: ${name}: run node scripts/runtimes.mjs to install it`)
      expect(process.env['CI'], `${file} is missing`).toBeUndefined()
      return
    }
    const ended = await Child.node('platforms/fixtures/pools/main.mjs', [name, file, ...returns])
      .ended
    expect(ended).toExitCleanly('as expected\n')
  })
})
