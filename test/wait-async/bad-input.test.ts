import { expect, test } from 'vitest'
import { WaitGroup } from 'futex-waitgroup'
import { words } from '../helpers/memory'

const TYPE = { name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' }
const RANGE = { name: 'RangeError', code: 'ERR_OUT_OF_RANGE' }

/** [what is passed, the kind of error, what the message names, how it says what it received] */
const bad: [unknown, typeof TYPE, string, string][] = [
  [null, TYPE, '"options" argument', 'null'],
  [5, TYPE, '"options" argument', 'type number (5)'],
  ['5', TYPE, '"options" argument', "type string ('5')"],
  [() => 1, TYPE, '"options" argument', 'an anonymous function'],
  [{ timeout: null }, TYPE, '"options.timeout" property', 'null'],
  [{ timeout: '5' }, TYPE, '"options.timeout" property', "type string ('5')"],
  [{ timeout: 5n }, TYPE, '"options.timeout" property', 'type bigint (5n)'],
  [{ timeout: {} }, TYPE, '"options.timeout" property', 'an instance of Object'],
  [{ timeout: Symbol('x') }, TYPE, '"options.timeout" property', 'type symbol (Symbol(x))'],
  [{ timeout: NaN }, RANGE, '"options.timeout"', 'NaN'],
  [{ timeout: -1 }, RANGE, '"options.timeout"', '-1'],
  [{ timeout: -Infinity }, RANGE, '"options.timeout"', '-Infinity'],
  [{ signal: null }, TYPE, '"options.signal" property', 'null'],
  [{ signal: 5 }, TYPE, '"options.signal" property', 'type number (5)'],
  [{ signal: true }, TYPE, '"options.signal" property', 'type boolean (true)'],
  [{ signal: {} }, TYPE, '"options.signal" property', 'an instance of Object'],
  [{ signal: new EventTarget() }, TYPE, '"options.signal" property', 'an instance of EventTarget'],
  [{ signal: AbortSignal }, TYPE, '"options.signal" property', 'function AbortSignal'],
  [
    { signal: new AbortController() },
    TYPE,
    '"options.signal" property',
    'an instance of AbortController',
  ],
]

for (const counter of [0, 1]) {
  test.for(bad)(
    `waitAsync(%o) at ${counter} is a rejection that says what is wrong`,
    async ([options, kind, name, received]) => {
      const wg = new WaitGroup()
      wg.add(counter)
      const error: unknown = await wg.waitAsync(options as object).then(
        () => 'no rejection',
        (reason: unknown) => reason,
      )
      expect(error).toMatchObject(kind)
      const { message } = error as Error
      expect(message).toContain(name)
      expect(message.slice(message.lastIndexOf('Received '))).toBe(`Received ${received}`)
      expect(words(wg)).toEqual([0, counter, 0, 0])
    },
  )
}

test('a getter that throws is a rejection with what it throws', async () => {
  const wg = new WaitGroup()
  wg.add()
  const reason = new Error('from a getter')
  const thrower = {
    get(): never {
      throw reason
    },
  }
  for (const name of ['timeout', 'signal']) {
    await expect(wg.waitAsync(Object.defineProperty({}, name, thrower))).rejects.toBe(reason)
  }
  expect(words(wg)).toEqual([0, 1, 0, 0])
})

/** Objects that only look like an AbortSignal. */
const fakes: [string, object][] = [
  ['without addEventListener', { aborted: false }],
  [
    'whose addEventListener throws',
    {
      aborted: false,
      addEventListener() {
        throw new TypeError('no listeners here')
      },
    },
  ],
  [
    'whose aborted throws',
    {
      get aborted() {
        throw new TypeError('do not ask')
      },
    },
  ],
]

test.for(fakes)('an object that imitates a signal, %s, leaves no waiter', async ([, signal]) => {
  const wg = new WaitGroup()
  wg.add()
  await expect(wg.waitAsync({ signal: signal as AbortSignal })).rejects.toBeInstanceOf(TypeError)
  expect(words(wg)).toEqual([0, 1, 0, 0])
  await expect(
    wg.waitAsync({ signal: signal as AbortSignal, timeout: 1e6 }),
  ).rejects.toBeInstanceOf(TypeError)
  expect(words(wg)).toEqual([0, 1, 0, 0])
})
