// The fuzzers, with the addon as it is built, and under AddressSanitizer and UndefinedBehaviorSanitizer.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Child } from '../helpers/child'
import { buildConsumer, missing } from '../helpers/core'
import { inTest } from '../helpers/paths'
import { Sanitized } from '../helpers/sanitized'
import { KILL_SECONDS, newSeed, SECONDS } from '../helpers/stress'

if (missing !== undefined) console.warn(`NOT TESTED: the fuzzers: ${missing}`)

const CONSUMER = inTest('native/fixtures/consumer.cc')

/** Runs a fuzzer for SECONDS. */
async function fuzz(run: (script: string, ...args: string[]) => Child, fuzzer: string, addon = '') {
  const ended = await run(`stress/fixtures/${fuzzer}.mjs`, `${SECONDS}`, `${newSeed()}`, addon)
    .ended
  console.log(ended.stdout)
  // It prints each epoch's seed at its start.
  const seed = [...ended.stdout.matchAll(/^seed (\d+)/gm)].at(-1)?.[1]
  expect(ended, `STRESS_SEED=${seed} npm run test:stress -- fuzz repeats it`).toExitCleanly(
    /^{"rounds":[1-9].*}\n$/m,
  )
}

describe.runIf(missing === undefined)('from a seed, fuzzed', () => {
  const run = (script: string, ...args: string[]) =>
    Child.node(script, args, { killSeconds: KILL_SECONDS })

  test('all operations of all threads agree with a model', async () => {
    await fuzz(run, 'differential', await buildConsumer(CONSUMER))
  })

  test('threads die in all ways under releases, and every one is joined', async () => {
    await fuzz(run, 'killing')
  })
})

describe.runIf(missing === undefined)('under sanitizers, from a seed, fuzzed', () => {
  let tests: Sanitized
  let consumer: string
  beforeAll(async () => {
    tests = await Sanitized.build()
    consumer = await Sanitized.buildConsumer(CONSUMER)
  }, 600_000)
  afterAll(() => tests.remove())

  const run = (script: string, ...args: string[]) => tests.node(script, ...args)

  test('all operations of all threads agree with a model', async () => {
    await fuzz(run, 'differential', consumer)
  })

  test('threads die in all ways under releases, and every one is joined', async () => {
    await fuzz(run, 'killing')
  })
})
