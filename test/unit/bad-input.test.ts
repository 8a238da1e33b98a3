import { createContext, runInContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { Guard, WaitGroup } from 'futex-waitgroup'

const TYPE = { class: TypeError, code: 'ERR_INVALID_ARG_TYPE' }
const RANGE = { class: RangeError, code: 'ERR_OUT_OF_RANGE' }

/** [what is passed, the kind of error, how the message says what it received] */
type Bad = readonly [value: unknown, kind: typeof TYPE, received: string]

/**
 * A group in which no call can block, least of all one that a missing check lets through: a permit
 * is there. [waiters, counter, permits, sleepers]
 */
const STATE = [2, 3, 1, 0]

function group(): WaitGroup {
  const wg = new WaitGroup()
  new Int32Array(wg.buffer).set(STATE)
  return wg
}

const state = (wg: WaitGroup) => [...new Int32Array(wg.buffer)]

function expectRefusal(call: () => unknown, name: string, [, kind, received]: Bad): void {
  let error: unknown
  try {
    call()
  } catch (thrown) {
    error = thrown
  }
  expect(error).toBeInstanceOf(kind.class)
  expect(error).toMatchObject({ name: kind.class.name, code: kind.code })
  const { message } = error as Error
  expect(message).toContain(`"${name}"`)
  // What follows, if anything, is a hint.
  expect(`${message.slice(message.lastIndexOf('Received '))}. `).toContain(`Received ${received}. `)
}

/** What TypeScript would not let through. */
interface Untyped {
  add(...values: unknown[]): unknown
  wait(...values: unknown[]): unknown
}
const untyped = (wg: WaitGroup) => wg as unknown as Untyped
const create = (...values: unknown[]) => Reflect.construct(WaitGroup, values)
const from = WaitGroup.from.bind(WaitGroup) as (value: unknown) => WaitGroup

const numberLike = { valueOf: () => 1, [Symbol.toPrimitive]: () => 1 }

/** What is no number, wherever one is asked for. */
const noNumbers: Bad[] = [
  [null, TYPE, 'null'],
  ['1', TYPE, "type string ('1')"],
  ['', TYPE, "type string ('')"],
  ['x'.repeat(100), TYPE, `type string ('${'x'.repeat(24)}...)`],
  [true, TYPE, 'type boolean (true)'],
  [1n, TYPE, 'type bigint (1n)'],
  [Symbol('one'), TYPE, 'type symbol (Symbol(one))'],
  [{}, TYPE, 'an instance of Object'],
  [numberLike, TYPE, 'an instance of Object'],
  [Object.create(null), TYPE, '[Object: null prototype] {}'],
  [[1], TYPE, 'an instance of Array'],
  [new Date(1), TYPE, 'an instance of Date'],
  [Object(1), TYPE, 'an instance of Number'],
  [function one() {}, TYPE, 'function one'],
  [() => 1, TYPE, 'an anonymous function'],
]

/** What is a number, but no integer. */
const noIntegers: Bad[] = [
  [NaN, RANGE, 'NaN'],
  [Infinity, RANGE, 'Infinity'],
  [-Infinity, RANGE, '-Infinity'],
  [0.5, RANGE, '0.5'],
  [1.0000001, RANGE, '1.0000001'],
  [Number.MIN_VALUE, RANGE, '5e-324'],
  [Number.MAX_VALUE, RANGE, '1.7976931348623157e+308'],
]

describe('add() refuses a delta that is not an integer of 32 bits, and changes nothing', () => {
  const deltas: Bad[] = [
    ...noNumbers,
    ...noIntegers,
    [2 ** 31, RANGE, '2147483648'],
    [-(2 ** 31) - 1, RANGE, '-2147483649'],
    [2 ** 32, RANGE, '4294967296'],
    [2 ** 32 + 1, RANGE, '4294967297'],
    [Number.MAX_SAFE_INTEGER, RANGE, '9007199254740991'],
    [-1.5, RANGE, '-1.5'],
  ]

  test.for(deltas)('%o', (bad) => {
    const wg = group()
    expectRefusal(() => untyped(wg).add(bad[0]), 'delta', bad)
    expect(state(wg)).toEqual(STATE)
    wg.add(1)
    expect(wg.count).toBe(4)
  })

  test('but takes every integer of 32 bits', () => {
    const wg = new WaitGroup()
    wg.add(2 ** 31 - 1)
    expect(wg.count).toBe(2 ** 31 - 1)
    wg.add(-(2 ** 31 - 1))
    wg.add(-0)
    expect(wg.count).toBe(0)
    expect(() => wg.add(-(2 ** 31))).toThrow('sync: negative WaitGroup counter')
    expect(wg.count).toBe(-(2 ** 31))
  })

  test('and takes no delta, or undefined, for 1', () => {
    const wg = new WaitGroup()
    wg.add()
    wg.add(undefined)
    expect(wg.count).toBe(2)
  })
})

describe('wait() refuses bad options, and waits for nothing', () => {
  const timeouts: Bad[] = [
    ...noNumbers,
    [NaN, RANGE, 'NaN'],
    [-1, RANGE, '-1'],
    [-Number.MIN_VALUE, RANGE, '-5e-324'],
    [-Infinity, RANGE, '-Infinity'],
  ]

  test.for(timeouts)('timeout %o', (bad) => {
    const wg = group()
    expectRefusal(() => untyped(wg).wait({ timeout: bad[0] }), 'options.timeout', bad)
    expect(state(wg)).toEqual(STATE)
    expect(wg.wait({ timeout: 0 })).toBe(false)
  })

  const noOptions: Bad[] = [
    [null, TYPE, 'null'],
    [100, TYPE, 'type number (100)'],
    ['100', TYPE, "type string ('100')"],
    [true, TYPE, 'type boolean (true)'],
    [1n, TYPE, 'type bigint (1n)'],
    [Symbol('options'), TYPE, 'type symbol (Symbol(options))'],
    [function options() {}, TYPE, 'function options'],
  ]

  test.for(noOptions)('options %o', (bad) => {
    const wg = group()
    expectRefusal(() => untyped(wg).wait(bad[0]), 'options', bad)
    expect(state(wg)).toEqual(STATE)
    expect(wg.wait({ timeout: 0 })).toBe(false)
  })

  test('even where there would be nothing to wait for', () => {
    const wg = new WaitGroup()
    expectRefusal(() => untyped(wg).wait(null), 'options', [null, TYPE, 'null'])
    expectRefusal(() => wg.wait({ timeout: NaN }), 'options.timeout', [NaN, RANGE, 'NaN'])
  })

  test('but takes undefined, for all or for the time-out, and -0', () => {
    const wg = new WaitGroup()
    expect(wg.wait(undefined)).toBe(true)
    expect(wg.wait({ timeout: undefined })).toBe(true)
    expect(wg.wait({})).toBe(true)
    expect(group().wait({ timeout: -0 })).toBe(false)
  })

  test('and lets through what a getter of theirs throws', () => {
    const wg = group()
    const own = new Error('own')
    const options = {
      get timeout(): number {
        throw own
      },
    }
    expect(() => wg.wait(options)).toThrow(own)
    expect(state(wg)).toEqual(STATE)
  })
})

describe('a group is made on nothing but 16 aligned bytes of a SharedArrayBuffer', () => {
  const noBuffers: Bad[] = [
    ...noNumbers,
    [16, TYPE, 'type number (16)'],
    [new ArrayBuffer(16), TYPE, 'an instance of ArrayBuffer'],
    [new Int32Array(4), TYPE, 'an instance of Int32Array'],
    [new Int32Array(new SharedArrayBuffer(16)), TYPE, 'an instance of Int32Array'],
    [new DataView(new SharedArrayBuffer(16)), TYPE, 'an instance of DataView'],
    [Buffer.alloc(16), TYPE, 'an instance of Buffer'],
    [Object.create(SharedArrayBuffer.prototype), TYPE, 'an instance of SharedArrayBuffer'],
    [new Proxy(new SharedArrayBuffer(16), {}), TYPE, 'an instance of SharedArrayBuffer'],
    [new WaitGroup(), TYPE, 'an instance of WaitGroup'],
  ]

  test.for(noBuffers)('not on %o', (bad) => {
    expectRefusal(() => create(bad[0]), 'buffer', bad)
    expectRefusal(() => create(bad[0], 0), 'buffer', bad)
    expectRefusal(() => from({ buffer: bad[0] ?? null }), 'shared.buffer', bad)
  })

  test.for([0, 1, 8, 15])('not on %d bytes', (length) => {
    const buffer = new SharedArrayBuffer(length)
    const bytes = [...new Uint8Array(buffer)]
    const bad: Bad = [buffer, RANGE, String(length)]
    expectRefusal(() => new WaitGroup(buffer), 'buffer.byteLength', bad)
    expectRefusal(() => WaitGroup.from(buffer), 'buffer.byteLength', bad)
    expectRefusal(() => WaitGroup.from({ buffer }), 'shared.buffer.byteLength', bad)
    expect([...new Uint8Array(buffer)]).toEqual(bytes)
  })

  const offsets: Bad[] = [
    ...noNumbers,
    ...noIntegers,
    [-8, RANGE, '-8'],
    [-1, RANGE, '-1'],
    [1, RANGE, '1'],
    [4, RANGE, '4'],
    [12, RANGE, '12'],
    [31, RANGE, '31'],
    [40, RANGE, '40'],
    [48, RANGE, '48'],
    [2 ** 32, RANGE, '4294967296'],
    [2 ** 53, RANGE, '9007199254740992'],
  ]

  test.for(offsets)('not at byteOffset %o of 48 bytes', (bad) => {
    const buffer = new SharedArrayBuffer(48)
    const bytes = new Uint8Array(buffer).fill(0xa5)
    expectRefusal(() => create(buffer, bad[0]), 'byteOffset', bad)
    expectRefusal(() => from({ buffer, byteOffset: bad[0] }), 'shared.byteOffset', bad)
    expect(bytes.every((byte) => byte === 0xa5)).toBe(true)
    bytes.fill(0)
    new WaitGroup(buffer, 32).add(3)
    expect(new WaitGroup(buffer, 32).count).toBe(3)
  })

  test('not at a byteOffset of a buffer that is not given', () => {
    expectRefusal(() => new WaitGroup(undefined, 8), 'byteOffset', [8, RANGE, '8'])
    expect(new WaitGroup(undefined, 0).byteOffset).toBe(0)
    expect(new WaitGroup(undefined, undefined).byteOffset).toBe(0)
  })

  test('but on the last 16 bytes, and on a growable buffer', () => {
    expect(new WaitGroup(new SharedArrayBuffer(48), 32).byteOffset).toBe(32)
    const Growable = SharedArrayBuffer as unknown as new (
      length: number,
      options: { maxByteLength: number },
    ) => SharedArrayBuffer & { grow(length: number): void }
    const buffer = new Growable(16, { maxByteLength: 65_536 })
    const wg = new WaitGroup(buffer)
    wg.add(2)
    expectRefusal(() => new WaitGroup(buffer, 16), 'byteOffset', [16, RANGE, '16'])
    buffer.grow(65_536)
    wg.add(3)
    expect(wg.count).toBe(5)
    expect(new WaitGroup(buffer, 65_520).count).toBe(0)
  })

  test('whatever a buffer says of its own length', () => {
    class Boaster extends SharedArrayBuffer {
      override get byteLength(): number {
        return 1 << 20
      }
    }
    expect(() => new WaitGroup(new Boaster(8))).toThrow(RangeError)
    expect(() => new WaitGroup(new Boaster(64), 64)).toThrow(RangeError)
  })
})

describe('WaitGroup.from() refuses what names no group', () => {
  const noGroups: Bad[] = [
    [undefined, TYPE, 'undefined'],
    [null, TYPE, 'null'],
    [42, TYPE, 'type number (42)'],
    ['group', TYPE, "type string ('group')"],
    [1n, TYPE, 'type bigint (1n)'],
    [Symbol('group'), TYPE, 'type symbol (Symbol(group))'],
    [function group() {}, TYPE, 'function group'],
    [WaitGroup, TYPE, 'function WaitGroup'],
  ]

  test.for(noGroups)('%o', (bad) => {
    expectRefusal(() => from(bad[0]), 'shared', bad)
  })

  const noPlaces: [unknown, Bad][] = [
    [{}, [undefined, TYPE, 'undefined']],
    [[], [undefined, TYPE, 'undefined']],
    [new ArrayBuffer(16), [undefined, TYPE, 'undefined']],
    [new Int32Array(4), [undefined, TYPE, 'an instance of ArrayBuffer']],
    [{ buffer: new ArrayBuffer(16) }, [undefined, TYPE, 'an instance of ArrayBuffer']],
    [{ buffer: null, byteOffset: 0 }, [null, TYPE, 'null']],
  ]

  test.for(noPlaces)('%o', ([shared, bad]) => {
    expectRefusal(() => from(shared), 'shared.buffer', bad)
  })
})

describe('a usual mistake is told what was meant', () => {
  const message = (call: () => unknown): string => {
    try {
      call()
    } catch (error) {
      return (error as Error).message
    }
    return 'nothing was thrown'
  }
  const EXPECTED = 'must be an instance of SharedArrayBuffer.'

  test('WaitGroup.from(workerData) for WaitGroup.from(workerData.wg)', () => {
    const hint = `The "shared.buffer" property ${EXPECTED} Received undefined. Did you mean its property "wg"?`
    const wg = new WaitGroup()
    expect(message(() => from({ file: 'a', wg }))).toBe(hint)
    expect(message(() => from({ wg: { buffer: wg.buffer, byteOffset: 0 } }))).toBe(hint)
    expect(message(() => from({ wg: wg.buffer }))).toBe(hint)
    const hostile = {
      get file(): never {
        throw new Error('a getter')
      },
    }
    expect(message(() => from(hostile))).toMatch(/Received undefined$/)
  })

  test('a group that went through JSON, as to a child process', () => {
    const sent: unknown = JSON.parse(JSON.stringify(new WaitGroup()))
    expect(message(() => from(sent))).toBe(
      `The "shared.buffer" property ${EXPECTED} Received an instance of Object. ` +
        'A group works between threads of one process; JSON and other processes cannot carry it',
    )
  })

  test('new WaitGroup(3) for add(3)', () => {
    expect(message(() => create(3))).toBe(
      `The "buffer" argument ${EXPECTED} Received type number (3). ` +
        'A new group counts 0; call add(3) to count more',
    )
  })

  test('new Guard() for wg.guard()', () => {
    const view = new Int32Array(new SharedArrayBuffer(16))
    expect(() => Reflect.construct(Guard, [])).toThrow(
      expect.objectContaining({ name: 'TypeError', code: 'ERR_ILLEGAL_CONSTRUCTOR' }),
    )
    expect(message(() => Reflect.construct(Guard, [view]))).toBe('Illegal constructor')
  })

  test('done() called twice', () => {
    expect(message(() => new WaitGroup().done())).toBe(
      'sync: negative WaitGroup counter: done() was called more often than add()',
    )
  })
})

describe('a method called on anything but a group is a TypeError', () => {
  const wg = group()
  const impostors: [string, unknown][] = [
    ['undefined', undefined],
    ['null', null],
    ['a number', 1],
    ['an object', {}],
    ['the prototype', WaitGroup.prototype],
    ['what inherits from the prototype', Object.create(WaitGroup.prototype)],
    ['what inherits from a group', Object.create(wg)],
    ['a proxy of a group', new Proxy(wg, {})],
    ['the clone of a group', structuredClone(wg)],
    ['the buffer of a group', wg.buffer],
    ['an object of another realm', runInContext('({})', createContext())],
  ]
  const properties = Object.getOwnPropertyDescriptors(WaitGroup.prototype)
  const methods: [string, () => unknown, unknown[]][] = [
    ['add', properties.add.value as () => unknown, [1]],
    ['add', properties.add.value as () => unknown, [-2]],
    ['done', properties.done.value as () => unknown, []],
    ['wait', properties.wait.value as () => unknown, []],
    ['count', properties.count.get as () => unknown, []],
    ['waiters', properties.waiters.get as () => unknown, []],
  ]

  test.for(impostors)('%s', ([, impostor]) => {
    for (const [name, method, values] of methods) {
      expect(() => Reflect.apply(method, impostor, values), name).toThrow(TypeError)
    }
    expect(state(wg)).toEqual(STATE)
  })

  test('and so is the class called without new', () => {
    expect(() => Reflect.apply(WaitGroup, undefined, [])).toThrow(TypeError)
  })
})

test('a group stays the same, whatever is assigned to its properties', () => {
  const wg = group()
  expect(Reflect.set(wg, 'count', 0)).toBe(false)
  expect(Reflect.set(wg, 'waiters', 0)).toBe(false)
  Reflect.set(wg, 'buffer', new SharedArrayBuffer(16))
  Reflect.set(wg, 'byteOffset', 8)
  expect(wg.count).toBe(STATE[1])
  Reflect.deleteProperty(wg, 'buffer')
  expect(wg.count).toBe(STATE[1])
  expect(() => WaitGroup.from(structuredClone(wg))).toThrow(TypeError)
})
