import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Child } from './support/child'
import { build, missing } from './support/native'

if (missing !== undefined) console.warn(`not tested: the native programs, since ${missing}`)

describe.runIf(missing === undefined)('the native layers without Node', () => {
  let directory = ''
  beforeAll(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'futex-waitgroup-'))
  })
  afterAll(() => rmSync(directory, { recursive: true, force: true }))

  test('each layer does what its header says', async () => {
    const { stdout, ...end } = await new Child(await build('unit', directory), [], 50).ended
    expect({ ...end, stdout }).toMatchObject({ code: 0, signal: null, stderr: '' })
    expect(stdout).toMatch(/all passed\n$/)
  })

  test('every generation under stress is exact', async () => {
    const { stdout, ...end } = await new Child(await build('stress', directory), ['1'], 50).ended
    console.log(stdout)
    expect(end).toEqual({ code: 0, signal: null, stderr: '' })
  })
})
