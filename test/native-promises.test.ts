import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Child } from './support/child'
import { build, missing } from './support/native'

if (missing !== undefined) console.warn(`not tested: the native programs, since ${missing}`)

describe.runIf(missing === undefined)('the table of promise waiters without Node', () => {
  let directory = ''
  beforeAll(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'futex-waitgroup-'))
  })
  afterAll(() => rmSync(directory, { recursive: true, force: true }))

  test('every generation under stress is exact', async () => {
    const program = await build('promise_stress', directory)
    const { stdout, ...end } = await new Child(program, ['1'], 50).ended
    console.log(stdout)
    expect(end).toEqual({ code: 0, signal: null, stderr: '' })
  })
})
