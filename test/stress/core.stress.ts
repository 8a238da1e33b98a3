// The C++ programs of test/core/, optimised and under the sanitizers.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { build, buildModules, missing, start, THREAD_SANITIZER } from '../helpers/core'
import { KILL_SECONDS, SECONDS } from '../helpers/stress'

if (missing !== undefined) console.warn(`not tested: the C++ programs: ${missing}`)

describe.runIf(missing === undefined).each([
  { name: 'optimised', flags: [] },
  { name: 'under ThreadSanitizer', flags: THREAD_SANITIZER },
  {
    name: 'memory orders, under ThreadSanitizer',
    flags: [...THREAD_SANITIZER, '-DFUTEX_WAITGROUP_NO_RACE'],
  },
  {
    name: 'under AddressSanitizer and UndefinedBehaviorSanitizer',
    flags: ['-g', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'],
  },
])('the layers below Node, $name', ({ flags }) => {
  let directory = ''
  beforeAll(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'futex-waitgroup-'))
  })
  afterAll(() => rmSync(directory, { recursive: true, force: true }))

  const run = async (program: string, ...args: string[]) => {
    const options = { killSeconds: KILL_SECONDS }
    const { ended: end } = start(await build(program, flags), args, flags, options)
    const ended = await end
    console.log(ended.stdout)
    return ended
  }

  test('each does what its header says', async () => {
    expect(await run('unit')).toExitCleanly(/all passed\n$/)
  })

  test('every generation of blocked threads is exact', async () => {
    expect(await run('stress', `${SECONDS}`)).toExitCleanly(/generations/)
  })

  test('every generation of promise waiters is exact', async () => {
    expect(await run('promise_stress', `${SECONDS}`)).toExitCleanly(/generations/)
  })

  test('copies that are loaded, joined and unloaded at once agree on one list', async () => {
    const modules = await buildModules(directory, flags)
    const seed = `${Date.now() % 100_000}`
    expect(await run('copies_stress', `${SECONDS}`, seed, ...modules)).toExitCleanly(/rounds/)
  })
})
