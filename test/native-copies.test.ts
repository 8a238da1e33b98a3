import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Child } from './support/child'
import { build, buildModules, missing } from './support/native'

if (missing !== undefined) console.warn(`not tested: the native programs, since ${missing}`)

describe.runIf(missing === undefined)('copies of the native layers without Node', () => {
  let directory = ''
  beforeAll(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'futex-waitgroup-'))
  })
  afterAll(() => rmSync(directory, { recursive: true, force: true }))

  test('those that are loaded, joined and unloaded at once agree on one list', async () => {
    const modules = await buildModules(directory)
    const program = await build('copies_stress', directory)
    const seed = `${Date.now() % 100_000}`
    const { stdout, ...end } = await new Child(program, ['2', seed, ...modules], 50).ended
    console.log(stdout)
    expect(end).toEqual({ code: 0, signal: null, stderr: '' })
  })
})
