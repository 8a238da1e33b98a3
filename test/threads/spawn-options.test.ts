import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import os from 'node:os'
import path from 'node:path'
import { Worker, type WorkerOptions } from 'node:worker_threads'
import { describe, expect, onTestFinished, test } from 'vitest'
import { WaitGroup } from 'futex-waitgroup'
import { Child } from '../helpers/child'
import { inTest, root } from '../helpers/paths'

const PRELOAD = inTest('threads/fixtures/spawn-options/preload.cjs')
const IMPORT = 'data:text/javascript,globalThis.imported="by --import"'

/** Node with these NODE_OPTIONS in its environment. */
function start(script: string, args: string[], flags: readonly string[], options?: string): Child {
  const before = process.env['NODE_OPTIONS']
  try {
    if (options !== undefined) process.env['NODE_OPTIONS'] = options
    return Child.node(script, args, { flags })
  } finally {
    if (before === undefined) delete process.env['NODE_OPTIONS']
    else process.env['NODE_OPTIONS'] = before
  }
}

interface Parent {
  name: string
  flags?: string[]
  options?: string
  /** With all kinds of options, and not only those that have to do with the parent's. */
  all?: true
  /** What a thread of this parent sees, for certain. */
  control?: Record<string, unknown>
}

const parents: Parent[] = [
  { name: 'of its own', all: true },
  {
    name: 'with flags of V8',
    flags: ['--expose-gc', '--max-old-space-size=500'],
    control: { gc: 'function' },
  },
  {
    name: 'with flags that threads inherit',
    flags: ['--conditions=custom', '--import', IMPORT],
    control: { condition: 'custom', imported: 'by --import' },
  },
  {
    name: 'with a preload',
    flags: ['--require', PRELOAD, '--no-warnings'],
    control: { imported: 'by --require' },
  },
  {
    name: 'with NODE_OPTIONS',
    options: `--require "${PRELOAD.replaceAll('\\', '\\\\')}" --conditions=custom`,
    control: { imported: 'by --require', condition: 'custom' },
  },
  { name: 'with empty NODE_OPTIONS', options: '' },
  { name: 'with blank NODE_OPTIONS', options: '  ' },
  {
    name: 'with NODE_OPTIONS of a process',
    options: '--title="a b" --openssl-legacy-provider --report-on-fatalerror',
  },
  {
    name: 'with NODE_OPTIONS of a process, and flags of V8',
    all: true,
    flags: ['--expose-gc', '--max-old-space-size=500'],
    options: '--title=x --conditions=custom',
    control: { gc: 'function', condition: 'custom' },
  },
  {
    name: 'with quotes and backslashes in NODE_OPTIONS',
    options: `--title="a \\"b\\" \\\\c" --import "data:text/javascript,globalThis.imported='\\"\\\\\\\\'"`,
    control: { imported: '"\\' },
  },
  {
    name: 'with quotes and backslashes in NODE_OPTIONS that threads take',
    options: `--import "data:text/javascript,globalThis.imported='\\"\\\\\\\\'"`,
    control: { imported: '"\\' },
  },
]

describe.concurrent('a spawned script sees what it would see as a Worker, below a parent', () => {
  test.each(parents)('$name', async ({ flags = [], options, all, control = {} }) => {
    const child = start(
      'threads/fixtures/spawn-options/main.mjs',
      all ? [] : ['few'],
      flags,
      options,
    )
    const ended = await child.ended
    expect(ended).toExitCleanly()
    const { stdout } = ended
    const { control: seen, ...differences } = JSON.parse(stdout) as Record<string, object>
    expect(seen).toEqual({
      condition: 'default',
      imported: null,
      gc: 'undefined',
      options: options ?? null,
      ...control,
    })
    expect(Object.keys(differences).length).toBe(all ? 25 : 7)
    expect(differences).toEqual(
      Object.fromEntries(Object.keys(differences).map((name) => [name, {}])),
    )
  })
})

test('the package may be in a place with spaces, quotes, backslashes and other letters', async () => {
  // Windows has no such names.
  const name = process.platform === 'win32' ? "a b 'c' ü" : 'a b "c" \'d\' \\e ü'
  const place = path.join(mkdtempSync(path.join(os.tmpdir(), 'spawn-options-')), name)
  onTestFinished(() => {
    rmSync(path.dirname(place), { recursive: true })
  })
  mkdirSync(place)
  for (const part of ['package.json', 'dist', 'build/Release/futex_waitgroup.node']) {
    cpSync(path.join(root, part), path.join(place, part), { recursive: true })
  }
  const loader = path.dirname(createRequire(__filename).resolve('node-gyp-build'))
  cpSync(loader, path.join(place, 'node_modules/node-gyp-build'), { recursive: true })

  const ended = await Child.node('threads/fixtures/spawn-options/odd-place.cjs', [place]).ended
  expect(ended).toExitCleanly('null []\n--no-warnings []\nnull []\n')
})

const refused: [string, unknown, unknown?][] = [
  ['a number for a script', 1],
  ['a relative script without a dot', 'no-dot.js'],
  ['a URL of another kind', new URL('http://localhost/')],
  ['eval of a URL', new URL('data:text/javascript,'), { eval: true }],
  ['an unknown flag', '', { eval: true, execArgv: ['--no-such-flag'] }],
  ['a flag of a process', '', { eval: true, execArgv: ['--expose-gc'] }],
  ['execArgv that is no array', '', { eval: true, execArgv: 1 }],
  ['argv that is no array', '', { eval: true, argv: 1 }],
  ['an env that is no object', '', { eval: true, env: 1 }],
  ['an env with bad NODE_OPTIONS', '', { eval: true, env: { NODE_OPTIONS: '--no-such-flag' } }],
  ['an env with NODE_OPTIONS of a process', '', { eval: true, env: { NODE_OPTIONS: '--title=x' } }],
  ['workerData that cannot be cloned', '', { eval: true, workerData: () => {} }],
  ['a transferList of what cannot be', '', { eval: true, transferList: [{}] }],
]

describe('where the constructor throws, nothing is counted', () => {
  test.each(refused)('%s', (_, script, options) => {
    const thrownBy = (call: () => unknown): unknown => {
      try {
        call()
      } catch (error) {
        const { name, message } = error as Error
        return { name, code: (error as { code?: unknown }).code, message }
      }
      return expect.unreachable('nothing was thrown')
    }
    const wg = new WaitGroup()
    const ours = thrownBy(() => wg.spawn(script as string, options as WorkerOptions))
    expect(ours).toEqual(thrownBy(() => new Worker(script as string, options as WorkerOptions)))
    expect({ count: wg.count, waiters: wg.waiters }).toEqual({ count: 0, waiters: 0 })
  })

  test.each(['env', 'execArgv', 'transferList', 'workerData', 'argv'])(
    'a getter for %s that throws',
    (key) => {
      const options = Object.defineProperty({ eval: true }, key, {
        enumerable: true,
        get() {
          throw new Error('of the getter')
        },
      })
      const wg = new WaitGroup()
      expect(() => wg.spawn('', options)).toThrow('of the getter')
      expect(wg.count).toBe(0)
    },
  )

  test.each([null, 1, 'text'])('options that are %s', (options) => {
    const wg = new WaitGroup()
    expect(() => wg.spawn('', options as unknown as WorkerOptions)).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }),
    )
    expect(wg.count).toBe(0)
  })

  test('a misuse of the group', () => {
    const wg = new WaitGroup()
    // A waiter at zero, as no legal use leaves one.
    new Int32Array(wg.buffer)[0] = 1
    expect(() => wg.spawn('', { eval: true })).toThrow(
      expect.objectContaining({ code: 'ERR_WAITGROUP_MISUSE' }),
    )
  })
})

test('the options and the transferList of the caller are left as they are', async () => {
  const wg = new WaitGroup()
  const { port1 } = new MessageChannel()
  const options = Object.freeze({
    eval: true,
    workerData: port1,
    transferList: Object.freeze([port1]) as never,
    env: Object.freeze({ A: '1' }),
    execArgv: Object.freeze(['--no-warnings']) as never,
  })
  wg.spawn('', options)
  expect(await wg.waitAsync()).toBe(true)
})
