// Jest evaluates the package once per test file, in a realm of its own, on one addon per thread. A
// file's realm goes away with its last test, while the promise waits of later files still depend on
// what the first one has set up.
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { jest } from '../../scripts/support/runtimes.mjs'
import { Child } from '../helpers/child'
import { inTest, root } from '../helpers/paths'

const cacheDirectory = mkdtempSync(path.join(os.tmpdir(), 'futex-waitgroup-jest-'))
afterAll(() => rmSync(cacheDirectory, { recursive: true, force: true }))

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
  moduleNameMapper: { '^futex-waitgroup$': path.join(root, 'dist', 'index.js') },
  transform: {},
  injectGlobals: false,
}
const config = {
  rootDir,
  cacheDirectory,
  watchman: false,
  // Against a hang: the machine may be busy.
  testTimeout: 100_000,
  projects: [
    { ...project, displayName: 'timers' },
    { ...project, displayName: 'fake timers', fakeTimers: { enableGlobally: true } },
  ],
}

describe('Jest', () => {
  test.each([
    // The second file's waitAsync() threw "bad native arguments".
    { name: 'all files in one thread', args: ['--runInBand'] },
    { name: 'processes', args: ['--maxWorkers=2'] },
    { name: 'threads', args: ['--maxWorkers=2', '--workerThreads'] },
  ])('$name', async ({ name, args }) => {
    if (!existsSync(jest.file)) {
      console.warn(`NOT TESTED: Jest: ${name}: run node scripts/runtimes.mjs to install it`)
      expect(process.env['CI'], 'Jest is missing').toBeUndefined()
      return
    }
    const all = [jest.file, '--config', JSON.stringify(config), '--json', '--ci', ...args]
    const { stdout, stderr, ...ended } = await new Child(process.execPath, all).ended
    expect(ended, stderr).toEqual({ code: 0, signal: null })
    // "You are trying to `require` a file after the Jest environment has been torn down" is no failure.
    expect(stderr).not.toMatch(/Error|Warning|did not exit/)
    const passed = Object.values(files).reduce((sum, tests) => sum + tests, 0)
    expect(JSON.parse(stdout)).toMatchObject({
      success: true,
      numPassedTestSuites: 2 * Object.keys(files).length,
      numPassedTests: 2 * passed,
      numTotalTests: 2 * passed,
    })
  })
})
