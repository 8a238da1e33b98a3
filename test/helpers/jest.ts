// Jest evaluates the package once per test file, in a realm of its own, on one addon per thread. A
// file's realm goes away with its last test, while the promise waits of later files still depend on
// what the first one has set up.
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { expect } from 'vitest'
import { jest } from '../../scripts/support/runtimes.mjs'
import { Child, type ChildOptions } from './child'
import { built, inTest, root } from './paths'

/** How Jest runs its files. */
export const modes = [
  // The second file's waitAsync() threw "bad native arguments".
  { name: 'all files in one thread', args: ['--runInBand'] },
  { name: 'processes', args: ['--maxWorkers=2'] },
  { name: 'threads', args: ['--maxWorkers=2', '--workerThreads'] },
]

const everything = 10
const files = {
  'plain.cjs': everything,
  'plain-again.cjs': everything,
  'fake-timers.cjs': 2 * everything + 1,
  'registries.cjs': 2 * everything + 1,
}

const rootDir = inTest('platforms/fixtures/jest')
const project = {
  rootDir,
  testMatch: Object.keys(files).map((file) => path.join(rootDir, file)),
  moduleNameMapper: { '^futex-waitgroup$': path.join(root, built.index) },
  transform: {},
  injectGlobals: false,
}

/** All files with real timers, and with fake ones everywhere. */
export const projects = {
  timers: { ...project, displayName: 'timers' },
  fakeTimers: { ...project, displayName: 'fake timers', fakeTimers: { enableGlobally: true } },
}

/** All tests of these projects pass. Where Jest is missing: says so, and fails in CI. */
export async function checkJest(
  { name, args }: (typeof modes)[number],
  chosen: readonly (keyof typeof projects)[],
  options: ChildOptions = {},
): Promise<void> {
  if (!existsSync(jest.file)) {
    console.warn(`NOT TESTED: Jest: ${name}: run node scripts/runtimes.mjs to install it`)
    expect(process.env['CI'], 'Jest is missing').toBeUndefined()
    return
  }
  const cacheDirectory = mkdtempSync(path.join(os.tmpdir(), 'futex-waitgroup-jest-'))
  const config = {
    rootDir,
    cacheDirectory,
    watchman: false,
    // Against a hang: the machine may be busy.
    testTimeout: 100_000,
    projects: chosen.map((each) => projects[each]),
  }
  const all = [jest.file, '--config', JSON.stringify(config), '--json', '--ci', ...args]
  const ended = await new Child(process.execPath, all, options).ended
  rmSync(cacheDirectory, { recursive: true, force: true })
  expect(ended).toExit({ stderr: /^[^]*$/ })
  const { stdout, stderr } = ended
  // "You are trying to `require` a file after the Jest environment has been torn down" is no failure.
  expect(stderr).not.toMatch(/Error|Warning|did not exit/)
  const passed = Object.values(files).reduce((sum, tests) => sum + tests, 0)
  expect(JSON.parse(stdout)).toMatchObject({
    success: true,
    numPassedTestSuites: chosen.length * Object.keys(files).length,
    numPassedTests: chosen.length * passed,
    numTotalTests: chosen.length * passed,
  })
}
