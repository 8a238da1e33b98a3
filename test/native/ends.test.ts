import { beforeAll, describe, expect, test } from 'vitest'
import { Child } from '../helpers/child'
import { buildConsumer, missing } from '../helpers/core'
import { inTest } from '../helpers/paths'

if (missing !== undefined) console.warn(`not tested: threads of other addons: ${missing}`)

const WAYS = [
  'terminate',
  'terminate, computing',
  'terminate, blocked',
  'terminate, awaiting',
  'exit',
  'throw',
  'out of memory',
  'natural end',
]

describe.runIf(missing === undefined)('an environment whose groups native threads use', () => {
  let addon = ''
  beforeAll(async () => {
    addon = await buildConsumer(inTest('native/fixtures/consumer.cc'))
  })

  const run = (where: string, how: string) =>
    Child.node('native/fixtures/ends.mjs', [addon, where, how], { flags: ['--expose-gc'] }).ended

  const inWorkers = ['worker', 'nested'].flatMap((where) =>
    [...WAYS, 'the collector'].map((how) => [where, how] as const),
  )
  test.concurrent.each(inWorkers)('a %s ends after them: %s', async (where, how) => {
    const ended = await run(where, how)
    // V8 prints what an exhausted heap looked like.
    expect(ended).toExit({ stdout: /^(<---.*)?ended\n$/s, stderr: '' })
  })

  test.concurrent('the main thread ends after them', async () => {
    expect(await run('main', 'natural end')).toExitCleanly('0 at the end\n')
  })

  test.concurrent('process.exit() of the main thread does not wait for them', async () => {
    expect(await run('main', 'exit')).toExitCleanly('3 at the end\n')
  })
})
