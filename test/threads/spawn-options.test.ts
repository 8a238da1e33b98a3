import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import os from 'node:os'
import path from 'node:path'
import { Worker, type WorkerOptions } from 'node:worker_threads'
import { describe, expect, onTestFinished, test } from 'vitest'
import { WaitGroup } from 'futex-waitgroup'
import { byName } from '../helpers/by-name'
import { Child } from '../helpers/child'
import { checkParent, parents } from '../helpers/spawn-options'
import { root } from '../helpers/paths'

describe.concurrent('a spawned script sees what it would see as a Worker, below a parent', () => {
  // The stress run has all kinds of options below each parent.
  test.each(byName(parents))('%s', (name, parent) =>
    checkParent(parent, name === 'of its own' ? 'all' : 'few'),
  )
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
