import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Child } from '../helpers/child'
import { Copies } from '../helpers/copies'
import { buildConsumerBy, missing } from '../helpers/core'
import { here, runConsumer } from '../helpers/native'
import { inTest } from '../helpers/paths'

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

describe.runIf(missing === undefined)(
  'two copies, two consumers by headers of different versions, and several workers',
  () => {
    let copies: Copies
    let consumers: string[]
    beforeAll(async () => {
      copies = new Copies(['A', 'B'])
      const { folder } = copies
      const includes = [path.join(folder, 'A/native/include'), copies.appendToHeader('B')]
      const file = inTest('native/fixtures/consumer.cc')
      consumers = ['consumer-A.node', 'consumer-B.node'].map((name) => path.join(folder, name))
      await Promise.all(
        consumers.map((output, index) => buildConsumerBy(includes[index] ?? '', file, output)),
      )
    })
    afterAll(() => copies.remove())

    test.concurrent.each(
      here.flatMap((each) =>
        ['rounds', 'terminate'].map((what) => [each.name, what, each] as const),
      ),
    )('%s: %s', async (_, what, { file, args }) => {
      const script = inTest('native/fixtures/copies-workers.mjs')
      const child = new Child(file, [...args, script, what, copies.folder, ...consumers])
      expect(await child.ended).toExitCleanly('ok\n')
    })
  },
)

describe.runIf(missing === undefined)('an addon that only workers load', () => {
  test.concurrent.each(here.map((each) => [each.name, each] as const))(
    'stays loaded while its threads run: %s',
    async (_, runtime) => {
      expect(await runConsumer(runtime, 'unload.mjs', '5')).toExitCleanly('5 rounds\n')
    },
  )
})
