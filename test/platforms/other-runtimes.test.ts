// Bun and Deno, where scripts/runtimes.mjs has installed them. All waits work there; spawn() works on
// Bun by its own `preload`, and refuses on Deno. Nothing hangs, and no deadlock is reported.
import { existsSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { runtimes } from '../../scripts/support/runtimes.mjs'
import { Child } from '../helpers/child'
import { inTest } from '../helpers/paths'

const script = inTest('platforms/fixtures/other-runtime.mjs')

const waits = {
  waits: [true, true, false, false, false, true, 'AbortError', 'ERR_WAITGROUP_NEGATIVE_COUNTER', 0],
  plainWorkers: [true, true, true, 2, 'WaitGroupError'],
}

const deaths = {
  'normal end': [true, false, 0, null],
  output: [true, false, 0, null],
  throws: [true, true, 1, 'boom'],
  rejects: [true, true, 1, 'boom'],
  unhandled: [true, true, 1, 'boom'],
  timer: [true, true, 1, 'late'],
  exit: [true, false, 3, null],
  syntax: [true, true, 1],
  import: [true, true, 1],
  missing: [true, true, 1],
  computing: true,
  blocked: true,
  idle: true,
}

const expected: { [runtime: string]: { [part: string]: unknown } } = {
  Node: { ...waits, ...deaths },
  Bun: {
    ...waits,
    ...deaths,
    // By Bun itself an unhandled rejection is no failure of a worker.
    unhandled: [true, false, 0, null],
    // It looks for the script before any preload: what is not there, spawn() itself throws.
    missing: 'ERR_MODULE_NOT_FOUND',
  },
  Deno: {
    ...waits,
    ...Object.fromEntries(
      Object.keys(deaths).map((part) => [part, 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM']),
    ),
  },
}

const all = [{ name: 'Node', file: process.execPath, args: [] as string[] }, ...runtimes]

describe.each(all)('$name', ({ name, file, args }) => {
  const parts = Object.entries(expected[name] ?? {})

  test.each(parts)('%s', async (part, result) => {
    if (!existsSync(file)) {
      console.warn(`NOT TESTED: ${name}: ${part}: run node scripts/runtimes.mjs to install it`)
      return
    }
    const { stdout, stderr } = await new Child(file, [...args, script, part]).ended
    const line = stdout.split('\n').find((each) => each.startsWith('result '))
    expect(line, stderr).toBe(`result ${JSON.stringify(result)}`)
  })
})
