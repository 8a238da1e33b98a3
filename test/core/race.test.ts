// The core built with -fsanitize=thread reports what Go's race detector reports (native/core/race.h).
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { build, missing, start, THREAD_SANITIZER } from '../helpers/core'
import type { Ended } from '../helpers/matchers'
import { root } from '../helpers/paths'

if (missing !== undefined) console.warn(`not tested: the race detector's hooks: ${missing}`)

/** The exit code of a program that ThreadSanitizer has reported a race of. */
const REPORTED = 66

/** As race.cc words it: what is said to race are its variables, or the accesses that race.h makes. */
function verdict({ code, signal, stdout, stderr }: Ended): string {
  if (code === 0 && stdout + stderr === '') return 'correct'
  const files = [...stderr.matchAll(/^SUMMARY: ThreadSanitizer: data race .*?(\w+\.\w+):/gm)]
  const [file, ...others] = new Set(files.map(([, name]) => name))
  if (code === REPORTED && others.length === 0) {
    if (file === 'race.cc') return 'data'
    if (file === 'race.h') return 'add'
  }
  return `code ${code}, signal ${signal}: ${stderr}`
}

test.runIf(missing === undefined)("the verdicts are those of Go's race detector", async () => {
  const program = await build('race', THREAD_SANITIZER)
  const run = (...args: string[]) => start(program, args, THREAD_SANITIZER).ended
  const expected = (await run()).stdout.trimEnd().split('\n')
  expect(expected.length).toBeGreaterThan(30)
  const verdicts: string[] = []
  for (const name of expected.map((line) => line.replace(/^\w+ /, ''))) {
    verdicts.push(`${verdict(await run(name))} ${name}`)
  }
  expect(verdicts).toEqual(expected)
})

describe('a normal build', () => {
  test('has no trace of the hooks', () => {
    const addon = readFileSync(path.join(root, 'build/Release/futex_waitgroup.node'), 'latin1')
    expect(addon).toContain('futex_waitgroup')
    expect(addon).not.toMatch(/tsan|AnnotateIgnoreSync/)
  })
})
