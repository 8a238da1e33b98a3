import { describe, expect, test } from 'vitest'
import { byName } from '../helpers/by-name'
import { Child } from '../helpers/child'

const returned = (result: unknown) => ({ failed: false, exitCode: 0, result })
const failedWith = (result: unknown) => ({ failed: true, exitCode: 1, result })
const NO_RESULT = 'Error ERR_WAITGROUP_NO_RESULT'
const NO_FUNCTION = 'TypeError ERR_WAITGROUP_NO_FUNCTION'
const BAD_TYPE = ['TypeError ERR_INVALID_ARG_TYPE', 0, 0]
const EXPORTS = "It exports 'default', 'sumLater', 'version'"
const matching = (pattern: RegExp) => expect.stringMatching(pattern) as unknown

interface Case {
  name: string
  found: unknown
}

const cases: Case[] = [
  { name: 'a function that returns', found: returned(6) },
  { name: 'an asynchronous function', found: returned(6) },
  { name: 'a function that returns undefined', found: returned(null) },
  {
    name: 'a result that is cloned',
    found: {
      map: { Map: [[1, '1970-01-01T00:00:00.005Z']] },
      bytes: { ArrayBuffer: [1, 2] },
      self: 'again',
    },
  },
  { name: 'a structured clone both ways', found: [true, 'bigint', 7, ['x'], true, true] },
  { name: 'every read gives the same result', found: true },
  { name: 'CommonJS, the default', found: returned(['default', 1]) },
  { name: 'CommonJS, a named export', found: returned(['named', 1]) },
  { name: 'CommonJS, compiled', found: returned(['compiled', 1]) },
  { name: 'a relative path, against the working directory', found: [4, 5] },
  { name: 'a URL of another realm, as jsdom has', found: returned(6) },
  {
    name: 'a name that is no path',
    found: [
      ['TypeError ERR_WORKER_PATH', 0, 0],
      ['TypeError ERR_INVALID_URL_SCHEME', 0, 0],
      ['TypeError ERR_WORKER_PATH', 0, 0],
    ],
  },
  { name: 'transferList', found: [8, 0] },
  {
    name: 'arguments that cannot be cloned',
    found: [
      [matching(/^DataCloneError/), 0, 0],
      [matching(/ERR_MISSING_TRANSFERABLE_IN_TRANSFER_LIST|^DataCloneError/), 0, 0],
    ],
  },
  { name: 'bad arguments', found: Array(7).fill(BAD_TYPE) },
  { name: 'a getter in the arguments that starts another thread', found: [2, 1] },
  { name: 'a result that cannot be cloned', found: failedWith(matching(/^DataCloneError/)) },
  {
    name: 'a missing export',
    found: [failedWith(NO_FUNCTION), matching(named('has no export', 'nothing'))],
  },
  {
    name: 'an export that is no function',
    found: [failedWith(NO_FUNCTION), matching(named('exports no function', 'version'))],
  },
  { name: 'a module that does not exist', found: failedWith('Error ERR_MODULE_NOT_FOUND') },
  { name: 'a module that does not parse', found: failedWith(matching(/^SyntaxError/)) },
  { name: 'a module that does not import', found: failedWith(matching(/^TypeError ERR_/)) },
  { name: 'a module that throws', found: failedWith('TypeError: boom') },
  { name: 'a function that throws', found: failedWith('TypeError: boom') },
  { name: 'a function that throws undefined', found: { ...failedWith({}), error: null } },
  { name: 'a function that throws later', found: failedWith('TypeError: later') },
  {
    name: 'process.exit()',
    found: [{ ...returned(NO_RESULT), exitCode: 3 }, matching(/ called process\.exit\(\) .* 3\)$/)],
  },
  { name: 'process.exit() after the result', found: { ...returned(1), exitCode: 3 } },
  {
    name: 'a promise that never settles',
    found: [returned(NO_RESULT), matching(/ awaits a promise that nothing is left to settle/)],
  },
  { name: 'a module that never settles', found: returned(NO_RESULT) },
  {
    name: 'a thread that runs',
    found: [matching(/has not ended/), NO_RESULT, matching(/ was terminated /), false],
  },
  {
    name: 'terminate() at any time',
    // The result is posted before the thread is terminated, or never.
    found: expect.toSatisfy((found: string[]) =>
      found.every((each) => each === `[false,"${NO_RESULT}"]` || each === '[false,null]'),
    ) as unknown,
  },
  { name: 'terminate() after the result', found: 1 },
  { name: 'out of memory', found: failedWith('Error ERR_WAITGROUP_THREAD_DIED') },
  { name: 'a swallowed error', found: returned(NO_RESULT) },
  {
    name: 'what a Worker has',
    found: {
      workerData: { a: 1 },
      limit: 64,
      isMainThread: false,
      argv: ['x'],
      execArgv: ['--no-warnings'],
      env: { A: 'b' },
      globals: [],
    },
  },
  { name: 'argv[1], the module', found: true },
  { name: 'a thread of spawn()', found: [NO_RESULT, matching(/started by spawn/)] },
  { name: 'grandchildren', found: 50 },
  { name: 'under a parent that awaits', found: [1, 2] },
  { name: 'an error that result has thrown is seen', found: 'Error: boom' },
  {
    name: 'a thread that dies before the preload',
    found: [true, true, matching(/^Error ERR_(WAITGROUP_THREAD_DIED|DLOPEN_DISABLED)$/)],
  },
]

function named(what: string, name: string): RegExp {
  return new RegExp(`^The module file://\\S+/sum\\.mjs ${what} named '${name}'\\. ${EXPORTS}$`)
}

const script = 'threads/fixtures/run.mjs'

async function check({ name, found }: Case, flags: readonly string[] = []) {
  const ended = await Child.node(script, [name], { flags }).ended
  expect(ended).toExitCleanly()
  expect(JSON.parse(ended.stdout)).toEqual(found)
}

describe.concurrent('the parent of run() finds', () => {
  test.each(byName(cases))('%s', (_, each) => check(each))

  test('TypeScript, where Node strips types', async () => {
    if ((process.features as { typescript?: unknown }).typescript !== 'strip') {
      console.warn('NOT TESTED: run() of TypeScript: this Node does not strip types by default')
      return
    }
    await check({ name: 'TypeScript', found: returned(42) }, ['--no-warnings'])
  })
})

describe.concurrent('an error of the function counts, whatever the flags of the parent', () => {
  test.each(['none', 'warn', 'warn-with-error-code', 'strict'])(
    '--unhandled-rejections=%s',
    async (mode) => {
      const flags = [`--unhandled-rejections=${mode}`]
      await check({ name: 'a function that throws', found: failedWith('TypeError: boom') }, flags)
    },
  )
})

test('an error that nobody sees crashes', async () => {
  const ended = await Child.node(script, ['an error that nobody sees']).ended
  expect(ended).toExit({ code: 1, stdout: '', stderr: /Error: boom/ })
})

describe.concurrent('what went wrong', () => {
  test('a result that was nested too deeply for the parent was thrown by `failed`', async () => {
    const deep = [returned(NO_RESULT), matching(/cannot read: RangeError/)]
    await check({ name: 'a result that is nested too deeply for the parent', found: deep })
  })

  test('an error was lost after a patched queueMicrotask()', async () => {
    const found = failedWith('Error: boom')
    await check({ name: 'an error after a patched queueMicrotask()', found })
  })

  test('the line of this package that made an error was printed above its stack', async () => {
    const program = `import { WaitGroup } from 'futex-waitgroup'
      const wg = new WaitGroup()
      const thread = wg.run(new URL('data:text/javascript,export default () => { null.x }'))
      wg.wait()
      thread.result`
    const args = ['--input-type=module', '--eval', program]
    const ended = await new Child(process.execPath, args).ended
    expect(ended).toExit({ code: 1, stdout: '', stderr: /TypeError: Cannot read/ })
    expect(ended.stderr.split('TypeError')[0]).not.toContain('dist')
  })

  test('--preserve-symlinks, and the package behind a link: the function was not called', async () => {
    const found = returned(6)
    await check({ name: 'a function that returns', found }, ['--preserve-symlinks'])
    await check({ name: 'through a link', found }, ['--preserve-symlinks'])
  })
})

test('threads that end in all ways leave nothing behind', async () => {
  const ended = await Child.node('threads/fixtures/run-storm.mjs', ['48', '7']).ended
  expect(ended).toExitCleanly(/"threads":48/)
})
