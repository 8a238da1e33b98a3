// Test runners, each run as its users run it. Jest has a test of its own.
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { runners } from '../../scripts/support/runtimes.mjs'
import { byName } from '../helpers/by-name'
import { Child } from '../helpers/child'
import { inTest, root } from '../helpers/paths'

const fixture = (name: string) => inTest(`platforms/fixtures/runners/${name}`)
const vitest = path.join(root, 'node_modules/vitest/vitest.mjs')
const suites = fixture('')
const coverage = mkdtempSync(path.join(os.tmpdir(), 'futex-waitgroup-coverage-'))
afterAll(() => rmSync(coverage, { recursive: true, force: true }))

/** Against hangs: the machine may be busy. In milliseconds. */
const LONG = 100_000

const cases = byName([
  ...['forks', 'threads', 'vmThreads'].map((pool) => ({
    name: `vitest, ${pool}`,
    args: [vitest, 'run', '--root', suites, '--pool', pool, `--testTimeout=${LONG}`],
    prints: /Tests {2}4 passed \(4\)/,
  })),
  {
    name: 'mocha',
    args: [runners.mocha, `--timeout=${LONG}`, fixture('mocha.mjs')],
    prints: /4 passing/,
  },
  { name: 'node:test', args: ['--test', fixture('node-test.mjs')], prints: /pass 4\n.*fail 0/ },
  {
    name: 'tsx',
    args: [runners.tsx, fixture('tsx.mts')],
    prints: /^true true 3 TypeError: boom\n$/,
  },
  {
    // Threads write their coverage when they end.
    name: 'c8',
    args: [
      ...[runners.c8, '--exclude=nothing', '--reporter=text', `--temp-directory=${coverage}`],
      ...['--src', suites, process.execPath, fixture('node-test.mjs')],
    ],
    prints: /thread\.mjs +\| +100/,
  },
])

describe.concurrent('the package works in', () => {
  test.each(cases)('%s', async (name, { args, prints }) => {
    const missing = args.find((arg) => path.isAbsolute(arg) && !existsSync(arg))
    if (missing !== undefined) {
      console.warn(`NOT TESTED: ${name}: run node scripts/runtimes.mjs to install it`)
      expect(process.env['CI'], `${missing} is missing`).toBeUndefined()
      return
    }
    // Not what this run of vitest sets for its own processes.
    const { VITEST, NODE_ENV, NODE_V8_COVERAGE, ...env } = process.env
    void [VITEST, NODE_ENV, NODE_V8_COVERAGE]
    const ended = await new Child(process.execPath, args, { env: { ...env, NO_COLOR: '1' } }).ended
    expect(ended).toMatchObject({ code: 0, signal: null })
    expect(ended.stdout).toMatch(prints)
  })
})
