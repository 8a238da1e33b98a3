import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Copies } from '../helpers/copies'
import { missing } from '../helpers/core'
import { inTest } from '../helpers/paths'
import { Sanitized } from '../helpers/sanitized'
import { newSeed, SECONDS } from '../helpers/stress'
import { endsOf, operations } from '../native/fixtures/cases.mjs'

if (missing !== undefined) console.warn(`NOT TESTED: sanitizers: ${missing}`)

describe.runIf(missing === undefined)('under sanitizers, native threads', () => {
  let tests: Sanitized
  let consumer: string
  beforeAll(async () => {
    tests = await Sanitized.build()
    consumer = await Sanitized.buildConsumer(inTest('native/fixtures/consumer.cc'))
  }, 600_000)
  afterAll(() => tests.remove())

  const run = (script: string, ...args: readonly string[]) =>
    tests.node(`native/fixtures/${script}`, consumer, ...args).ended

  // Else an error would not show: in the package's addon, and in the consumer.
  test.each([
    ['a use after the last release', /heap-use-after-free.*#0 .*native_api\.cc/s],
    ['a sum that overflows', /consumer\.cc.* signed integer overflow/],
  ])('are found to make an error: %s', async (error, stderr) => {
    expect(await run('sanitizers.mjs', error)).toExit({ code: 1, stdout: '', stderr })
  })

  test.concurrent.each(operations)('use handles: %s', async (name) => {
    expect(await run('operations.mjs', name)).toExitCleanly('ok\n')
  })

  test.concurrent.each(endsOf('Node'))('hold, and a %s ends: %s', async (where, how) => {
    const end = await run('ends.mjs', where, how)
    expect(end).toExitCleanly(/^(<---.*)?ended\n$/s)
  })

  test('hold, and the main thread ends', async () => {
    const lines = 'released\n'.repeat(3)
    expect(await run('ends.mjs', 'main', 'natural end')).toExitCleanly(lines)
    expect(await run('ends.mjs', 'main', 'exit')).toExitCleanly('')
  })

  test.each(['rounds', 'terminate'])('use two copies of the package: %s', async (what) => {
    const copies = new Copies(['A', 'B'], tests.addon)
    try {
      const args = [what, copies.folder, consumer, consumer]
      const end = await tests.node('native/fixtures/copies-workers.mjs', ...args).ended
      expect(end).toExitCleanly('ok\n')
    } finally {
      copies.remove()
    }
  })

  test('hold while workers end at random', async () => {
    const args = [`${SECONDS}`, `${newSeed()}`]
    console.log(`storm.mjs ${args.join(' ')}`)
    const end = await run('storm.mjs', ...args)
    console.log(end.stdout)
    expect(end).toExitCleanly(/workers, /)
  })
})
