import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { Child } from '../helpers/child'
import { folder } from '../helpers/checksum'
import { matcher } from '../helpers/deaths'
import { root } from '../helpers/paths'
import { runJson } from '../helpers/run-json'
import { deaths } from '../threads/fixtures/deaths.mjs'

interface Outcome {
  name: string
  kind: 'mjs' | 'cjs'
  when: 'loads' | 'calls'
  thrown?: { class: string; message?: unknown }
  returned?: unknown
}

// Nobody but run-sync has the thread, so nobody else terminates it. What is thrown is the matter of
// other tests.
const rows = deaths.filter(({ kill, serialization }) => kill === undefined && !serialization)

const BATCHES = 6

describe.concurrent('a call whose thread dies throws, and the next call returns', () => {
  const batches = Array.from({ length: BATCHES }, (_, batch) =>
    rows.filter((__, index) => index % BATCHES === batch),
  )
  test.each(batches.map((batch, index) => [index, batch] as const))(
    'batch %i',
    async (_, batch) => {
      const names = batch.map(({ name }) => name)
      const ended = await Child.node('examples/fixtures/run-sync-deaths.mjs', names).ended
      expect(ended, ended.stdout + ended.stderr).toMatchObject({ code: 0, signal: null })
      const outcomes = [...ended.stdout.matchAll(/^\{"name":.*\}$/gm)].map(
        ([line]) => JSON.parse(line) as Outcome,
      )
      expect(new Set(outcomes.map(({ name }) => name))).toEqual(new Set(names))
      for (const { name, expected } of batch) {
        const thrown = outcomes.filter((each) => each.name === name).map((each) => each.thrown)
        expect(thrown, name).not.toContain(undefined)
        // A module that has loaded before its callback throws has died of something else: it exports
        // no function.
        if (expected.error !== undefined) expect(thrown).toContainEqual(matcher(expected.error))
      }
    },
  )
})

test.concurrent('answers, errors, and threads that end between two calls', async () => {
  expect(await runJson('examples/fixtures/run-sync-calls.mjs')).toMatchObject({
    'returns its argument': { returned: [1, { a: [null] }] },
    'returns nothing': {},
    'throws an error': {
      thrown: { class: 'RangeError', message: 'boom', own: { code: "'ERR_X'", more: '[ 1 ]' } },
    },
    'throws a string': { thrown: "'text'" },
    'throws undefined': { thrown: 'undefined' },
    'throws a DOMException': {
      thrown: { name: 'AbortError', message: 'This operation was aborted' },
    },
    'throws an error with a cause that cannot be cloned': {
      thrown: { class: 'Error', name: 'RangeError', message: 'boom' },
    },
    'throws a function': { thrown: { name: 'DataCloneError' } },
    'returns a function': {
      thrown: { name: 'DataCloneError', message: '() => {} could not be cloned.' },
    },
    'returns more levels than its caller can receive': { thrown: { class: 'RangeError' } },
    'returns fewer then': { returned: {} },
    'gets a function': { thrown: { class: 'DOMException', name: 'DataCloneError' } },
    'is made from a path': {
      thrown: { class: 'TypeError', message: '"module" must be a URL: ./format.mjs' },
    },
    'keeps its thread': { returned: 2 },
    'exits after its answer': { returned: 1 },
    'throws after its answer': { thrown: { message: 'late' } },
    'answers after its thread has died': { returned: 1 },
  })
})

test.concurrent('examples/run-sync/format.mjs formats, and goes on after an error', async () => {
  const file = path.join(folder({ 'a.mjs': 'f( {a:1\n} )', 'b.mjs': 'let = = 2' }), 'a.mjs')
  const script = path.join(root, 'examples/run-sync/format.mjs')
  const args = [script, file, file.replace(/a\.mjs$/, 'b.mjs'), file]
  expect(await new Child(process.execPath, args).ended).toExit({
    code: 1,
    stdout: 'f({ a: 1 });\nf({ a: 1 });\n',
    stderr: /^\S+b\.mjs: Unexpected token \(1:7\)\n/,
  })
})
