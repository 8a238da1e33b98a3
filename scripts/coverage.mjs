// Runs the tests and some of the stress tests with everything compiled to count what is run, in a copy
// of the checkout. Prints the lines and branches of lib/ and native/, and those that were never run.
//
//   npm run coverage [-- FILTER…]
//
// With filters, as `vitest run` has them: only those tests, and no stress tests.
// Needs Linux, and g++ with its gcov. test/README.md lists what is not covered, and why.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { copyCheckout } from './support/checkout.mjs'
import { readLibCoverage } from './support/coverage-lib.mjs'
import { readNativeCoverage, writeCompiler } from './support/coverage-native.mjs'
import { tableOf } from './support/coverage-table.mjs'

/**
 * Not run: other programs than the package, which say nothing new about it (examples, benchmarks), and
 * other runtimes, which do not count. Those that start the most threads run once, with the stress tests.
 */
const EXCLUDED = [
  'test/{bench,examples,types}/**',
  'test/platforms/{evaluations,jest,other-runtimes,pools,runners}.test.ts',
  'test/threads/{stay-loaded,teardown,terminated-parents}.test.ts',
  'test/{wait,wait-async}/{fault-injection,many-waits,terminate}.test.ts',
]

/** Races, for C++: to count TypeScript, each thread writes a megabyte. */
const STRESS = ['promise-races', 'teardown', 'terminate', 'threads.', 'timeout']

/**
 * vitest ends its processes by SIGTERM, which would lose their counts, and half a second later by
 * SIGKILL.
 */
const SETUP = `
import v8 from 'node:v8'
import { afterAll } from 'vitest'

process.once('SIGTERM', () => process.reallyExit(0))
afterAll(() => {
  if (process.env.NODE_V8_COVERAGE === undefined) return
  v8.takeCoverage()
  v8.stopCoverage()
})
`

/** Tests of lib/'s own files take them from dist/, whose counts have source maps. */
const CONFIG = `
import path from 'node:path'
import { mergeConfig } from 'vitest/config'
import base from './vitest.config.mjs'
import stress from './vitest.stress.config.mjs'

const resolveId = (source, importer) => {
  if (!source.startsWith('../../lib/')) return undefined
  const file = source.replace('/lib/', '/dist/')
  return { id: path.resolve(path.dirname(importer), file) + '.js', external: true }
}
export default mergeConfig(process.env.STRESS_SECONDS === undefined ? base : stress, {
  test: { setupFiles: ['./coverage.setup.mjs'] },
  plugins: [{ name: 'dist', enforce: 'pre', resolveId }],
})
`

const filters = process.argv.slice(2)
const scratch = mkdtempSync(path.join(os.tmpdir(), 'coverage-'))
const checkout = path.join(scratch, 'checkout')
const counts = path.join(scratch, 'counts')
const bin = path.join(scratch, 'bin')
const compiler = { ...process.env, PATH: `${bin}${path.delimiter}${process.env['PATH'] ?? ''}` }

/**
 * @param {readonly string[]} args of node
 * @param {NodeJS.ProcessEnv} env
 * @returns {boolean} whether it has succeeded
 */
function run(args, env) {
  const { status } = spawnSync(process.execPath, args, {
    cwd: checkout,
    env: { ...compiler, ...env },
    stdio: ['ignore', 2, 2],
  })
  return status === 0
}

/** @param {readonly string[]} args @param {NodeJS.ProcessEnv} env */
function vitest(args, env) {
  return run(
    ['node_modules/vitest/vitest.mjs', 'run', '--config', 'coverage.config.mts', ...args],
    env,
  )
}

try {
  mkdirSync(checkout)
  mkdirSync(counts)
  copyCheckout(checkout)
  writeCompiler(bin)
  writeFileSync(path.join(checkout, 'coverage.config.mts'), CONFIG)
  writeFileSync(path.join(checkout, 'coverage.setup.mjs'), SETUP)
  const passed =
    run(['scripts/setup.mjs', '--source-maps'], {}) &&
    [
      vitest([...filters, ...EXCLUDED.map((pattern) => `--exclude=${pattern}`)], {
        NODE_V8_COVERAGE: counts,
      }),
      filters.length > 0 || vitest(STRESS, { STRESS_SECONDS: '1' }),
    ].every(Boolean)
  console.log(tableOf('native/', readNativeCoverage(checkout)))
  console.log(`\n${tableOf('lib/', readLibCoverage(counts, checkout))}`)
  process.exitCode = passed ? 0 : 1
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
