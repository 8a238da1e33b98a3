import { describe, expect, test } from 'vitest'
import { outputs } from './fixtures/outputs.mjs'
import { Child } from '../helpers/child'
import { runJson } from '../helpers/run-json'

describe.concurrent(
  'a thread that has printed ends under a blocked parent, and nothing is lost',
  () => {
    describe.each(['spawn', 'captured', 'guard', 'late guard'])('%s', (how) => {
      // A thread that is dead makes no guard.
      const possible = outputs.filter(({ dies }) => !(dies === true && how === 'late guard'))
      test.each(possible)('$name', async ({ name, stdout = '', stderr = '' }) => {
        const ended = await Child.node('threads/fixtures/print.mjs', [how, name]).ended
        expect(ended).toEqual({
          code: 0,
          signal: null,
          stdout,
          stderr: stderr instanceof RegExp ? expect.stringMatching(stderr) : stderr,
        })
      })
    })
  },
)

test("Node's internals are as lib/stdio.ts needs them", async () => {
  // Fails on a line of Node where they have changed: there, a thread that has printed could hang.
  expect(await runJson('threads/fixtures/stdio-internals.mjs')).toEqual({
    streams: ['WritableWorkerStdio', 'WritableWorkerStdio'],
    writev: ['function', 'function'],
    exiting: 'boolean',
    joined: true,
  })
})
