import { describe, expect, test } from 'vitest'
import { byName } from '../helpers/by-name'
import { Child } from '../helpers/child'
import type { Ended } from '../helpers/matchers'
import { runJson } from '../helpers/run-json'
import { outputs } from './fixtures/outputs.mjs'

describe.concurrent('no output is lost of a thread that ends under a blocked parent', () => {
  describe.each(['spawn', 'captured', 'guard', 'late guard'])('%s', (how) => {
    // A thread that is dead makes no guard.
    const possible = outputs.filter(({ dies }) => !(dies === true && how === 'late guard'))
    let process: Promise<Ended> | undefined

    /** Runs all of them in one process, and splits what it prints. */
    async function endOf(index: number): Promise<Ended> {
      const names = JSON.stringify(possible.map(({ name }) => name))
      process ??= Child.node('threads/fixtures/print.mjs', [how, names]).ended
      const ended = await process
      const [stdout, stderr] = [ended.stdout, ended.stderr].map((text) => text.split('\x1e\n'))
      const own = { stdout: stdout?.[index] ?? '', stderr: stderr?.[index] ?? '' }
      const complete = index + 1 < (stdout?.length ?? 0)
      // The process has died, or was killed, in this one or in one before.
      return complete ? { code: 0, signal: null, ...own } : { ...ended, ...own }
    }

    test.each(byName(possible).map((each, index) => [...each, index] as const))(
      '%s',
      async (_, { stdout = '', stderr = '' }, index) => {
        expect(await endOf(index)).toExit({ stdout, stderr })
      },
    )

    test('and the process ends', async () => {
      await endOf(0)
      expect(await process).toExit({ stderr: /\x1e\n$/ })
    })
  })
})

test("Node's internals are as lib/threads/output/ needs them", async () => {
  // Fails on a line of Node where they have changed: there, a thread that has printed could hang.
  expect(await runJson('threads/fixtures/stdio-internals.mjs')).toEqual({
    streams: ['WritableWorkerStdio', 'WritableWorkerStdio'],
    writev: ['function', 'function'],
    exiting: 'boolean',
    pushed: ['push text', 'data text', 'push null'],
    reads: true,
    joined: true,
  })
})
