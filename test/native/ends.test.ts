import { describe, expect, test } from 'vitest'
import { missing } from '../helpers/core'
import { here, runConsumer } from '../helpers/native'
import { endsOf } from './fixtures/cases.mjs'

/** In others the hook runs too late. */
const orders: Record<string, readonly string[]> = {
  Node: ['before', 'after', 'loaded before'],
  Bun: ['loaded before'],
  Deno: ['after'],
}

describe.runIf(missing === undefined).each(here.map((each) => [each.name, each] as const))(
  'an environment of %s whose groups native threads use',
  (name, runtime) => {
    test.concurrent.each(endsOf(name))('a %s ends after them: %s', async (where, how) => {
      const end = await runConsumer(runtime, 'ends.mjs', where, how)
      // V8 prints what an exhausted heap looked like, and Deno an error that a listener handles.
      const stderr = name === 'Deno' && how === 'throw' ? /on purpose/ : ''
      expect(end).toExit({ stdout: /^(<---.*)?ended\n$/s, stderr })
    })

    const hooks = (orders[name] ?? []).flatMap((order) => [
      [order, 'terminate'],
      [order, 'natural end'],
    ])

    test.concurrent.each(hooks)('a hook of their addon stops them (%s): %s', async (...args) => {
      expect(await runConsumer(runtime, 'hooks.mjs', ...args)).toExitCleanly('ended\n')
    })

    test.concurrent('the main thread ends after them', async () => {
      const lines = 'released\n'.repeat(3)
      expect(await runConsumer(runtime, 'ends.mjs', 'main', 'natural end')).toExitCleanly(lines)
    })

    test.concurrent('process.exit() of the main thread does not wait for them', async () => {
      expect(await runConsumer(runtime, 'ends.mjs', 'main', 'exit')).toExitCleanly('')
    })
  },
)

// On Deno terminate() settles at once, and does not end what is busy.
describe.runIf(missing === undefined).each(here.filter(({ name }) => name === 'Deno'))(
  'a worker of Deno that is terminated while',
  (runtime) => {
    const hows = ['it computes', 'it blocks']
    const cases = hows.flatMap((how) =>
      ['it returns', 'the process ends'].map((then) => [how, then]),
    )

    test.concurrent.each(cases)('%s goes on, with its handles, until %s', async (how, then) => {
      expect(await runConsumer(runtime, 'busy.mjs', how ?? '', then ?? '')).toExitCleanly('ended\n')
    })
  },
)
