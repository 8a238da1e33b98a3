import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Child } from '../support/child'
import { build, missing } from '../support/native'
import { KILL_SECONDS, SECONDS } from '../support/stress'

if (missing !== undefined) console.warn(`not tested: the native programs, since ${missing}`)

describe.runIf(missing === undefined)('the table of promise waiters without Node', () => {
  let directory = ''
  beforeAll(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'futex-waitgroup-'))
  })
  afterAll(() => rmSync(directory, { recursive: true, force: true }))

  test.for([
    { name: 'optimised', flags: [] },
    { name: 'under ThreadSanitizer', flags: ['-g', '-fsanitize=thread'] },
    {
      name: 'under AddressSanitizer and UndefinedBehaviorSanitizer',
      flags: ['-g', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'],
    },
  ])('every generation is exact, $name', async ({ flags }) => {
    const program = await build('promise_stress', directory, flags)
    const { stdout, ...end } = await new Child(program, [`${SECONDS}`], KILL_SECONDS).ended
    console.log(stdout)
    expect(end).toEqual({ code: 0, signal: null, stderr: '' })
  })
})
