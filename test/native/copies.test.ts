import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Copies } from '../helpers/copies'
import { missing } from '../helpers/core'
import { here, runConsumer } from '../helpers/native'

describe.runIf(missing === undefined)('two copies of the package and one consumer', () => {
  let copies: Copies
  beforeAll(() => {
    copies = new Copies(['A', 'B'])
  })
  afterAll(() => copies.remove())

  test.concurrent.each(here.map((each) => [each.name, each] as const))(
    'either wakes the waits of both: %s',
    async (_, runtime) => {
      const ended = await runConsumer(runtime, 'copies.mjs', copies.folder)
      expect(ended).toExitCleanly('ok\n')
    },
  )
})

describe.runIf(missing === undefined)('an addon that only workers load', () => {
  test.concurrent.each(here.map((each) => [each.name, each] as const))(
    'stays loaded while its threads run: %s',
    async (_, runtime) => {
      expect(await runConsumer(runtime, 'unload.mjs', '5')).toExitCleanly('5 rounds\n')
    },
  )
})
