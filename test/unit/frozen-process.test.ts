// A program may freeze `process` before it loads the package, which then cannot add listeners.
import { expect, test } from 'vitest'
import { Child } from '../helpers/child'
import { root } from '../helpers/paths'

test('a process that was frozen before waits, spawns and prints', async () => {
  const program = `
    require('node:worker_threads') // Node loads it in no frozen process
    Object.freeze(process)
    const { WaitGroup } = require(${JSON.stringify(root)})
    const wg = new WaitGroup()
    wg.add()
    console.log(wg.wait({ timeout: 1 }))
    const thread = wg.spawn("console.log('printed')", { eval: true })
    wg.done()
    console.log(wg.wait(), thread.failed)
    process.reallyExit(0) // Node ends no frozen process by itself`
  const { ended } = new Child(process.execPath, ['--eval', program])
  expect(await ended).toExitCleanly('false\nprinted\ntrue false\n')
})
