import { describe, expect, test } from 'vitest'
import { missing } from '../helpers/core'
import { here, runConsumer } from '../helpers/native'

const terminated = ['terminate', 'terminate, awaiting']
/** There Deno does not run cleanup hooks: it leaves the thread as it is. */
const terminatedWhileBusy = ['terminate, computing', 'terminate, blocked']
const ended = ['exit', 'throw', 'natural end', 'the collector']

const ways: Record<string, readonly string[]> = {
  Node: [...terminated, ...terminatedWhileBusy, ...ended, 'out of memory'],
  Bun: [...terminated, ...terminatedWhileBusy, ...ended],
  Deno: [...terminated, ...ended],
}

describe.runIf(missing === undefined).each(here.map((each) => [each.name, each] as const))(
  'an environment of %s whose groups native threads use',
  (name, runtime) => {
    const places = name === 'Node' ? ['worker', 'nested'] : ['worker']
    const cases = places.flatMap((where) => (ways[name] ?? []).map((how) => [where, how] as const))

    test.concurrent.each(cases)('a %s ends after them: %s', async (where, how) => {
      const end = await runConsumer(runtime, 'ends.mjs', where, how)
      // V8 prints what an exhausted heap looked like, and Deno an error that a listener handles.
      const stderr = name === 'Deno' && how === 'throw' ? /on purpose/ : ''
      expect(end).toExit({ stdout: /^(<---.*)?ended\n$/s, stderr })
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
