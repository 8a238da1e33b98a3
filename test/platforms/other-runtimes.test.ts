// Bun and Deno, where scripts/runtimes.mjs has installed them. All waits work there; spawn() and run() work
// on Bun by its own `preload`, and refuse on Deno. Nothing hangs, and no deadlock is reported.
import { existsSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { runtimes } from '../../scripts/support/runtimes.mjs'
import { Child } from '../helpers/child'
import { inTest } from '../helpers/paths'

const script = inTest('platforms/fixtures/other-runtime.mjs')

const waits = {
  waits: {
    atZero: [true, true],
    timedOut: [false, false, false],
    released: true,
    aborted: 'AbortError',
    belowZero: 'ERR_WAITGROUP_NEGATIVE_COUNTER',
    waiters: 0,
  },
  plainWorkers: {
    blocked: true,
    awaited: true,
    guarded: true,
    workers: 2,
    error: 'WaitGroupError',
  },
}

const endedWith = (exitCode: number) => ({ joined: true, failed: false, exitCode, message: null })
const failedWith = (message: unknown) => ({ joined: true, failed: true, exitCode: 1, message })

/** Each runtime words its own errors. */
const anything = expect.any(String) as unknown

const deaths = {
  'normal end': endedWith(0),
  output: endedWith(0),
  throws: failedWith('boom'),
  rejects: failedWith('boom'),
  unhandled: failedWith('boom'),
  timer: failedWith('late'),
  exit: endedWith(3),
  syntax: failedWith(anything),
  import: failedWith(anything),
  missing: failedWith(anything),
  run: [true, 3],
  'run, a path': [true, 3],
  'run, asynchronous': [true, { a: [1] }],
  'run, throws': 'TypeError',
  'run, exits': 'ERR_WAITGROUP_NO_RESULT',
  'run, no function': 'ERR_WAITGROUP_NO_FUNCTION',
  'run, missing': expect.stringMatching(/MODULE_NOT_FOUND|ResolveMessage/) as unknown,
  'run, options': [true, [['a'], 'b']],
  'wait({ thread })': [false, false, true],
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
    unhandled: endedWith(0),
    // It looks for the script before any preload: where it is missing, spawn() itself throws.
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

describe.concurrent.each(all.map((each) => [each.name, each] as const))(
  '%s',
  (name, { file, args }) => {
    const parts = Object.entries(expected[name] ?? {})

    test.each(parts)('%s', async (part, result) => {
      if (!existsSync(file)) {
        console.warn(`NOT TESTED: ${name}: ${part}: run node scripts/runtimes.mjs to install it`)
        return
      }
      const { stdout, stderr } = await new Child(file, [...args, script, part]).ended
      const [, json] = /^result (.*)$/m.exec(stdout) ?? []
      expect(
        json,
        `no result:
${stdout}${stderr}`,
      ).toBeDefined()
      expect(JSON.parse(json ?? ''), stderr).toEqual(result)
    })
  },
)
