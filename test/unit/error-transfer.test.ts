// What a thread threw, as it arrives at the parent. Nothing dies here but in the comparison with
// Node's own event: deaths.mjs has the ends of real threads.
import { execFileSync } from 'node:child_process'
import path from 'node:path'
import { inspect, isDeepStrictEqual } from 'node:util'
import { Worker } from 'node:worker_threads'
import { afterAll, describe, expect, test } from 'vitest'
import { deserializeError } from '../../lib/threads/transfer/deserialize-error'
import { type SerializedError, serializeError } from '../../lib/threads/transfer/serialize-error'
import { thrownValues } from './fixtures/thrown-values.mjs'
import { built, root } from '../helpers/paths'

function transfer(thrown: unknown): unknown {
  return deserializeError(structuredClone(serializeError(thrown)))
}

/** The same for an error, whose properties the test reads. */
function transferError(thrown: unknown): Error & { readonly [key: string]: unknown } {
  return transfer(thrown) as Error & { readonly [key: string]: unknown }
}

function isEnumerable(object: object, key: string): boolean | undefined {
  return Object.getOwnPropertyDescriptor(object, key)?.enumerable
}

describe('what comes from the prototypes', () => {
  class BaseError extends Error {
    readonly #code = 404
    get statusCode() {
      return this.#code
    }
    describe() {
      return 'a method'
    }
  }
  class HttpError extends BaseError {
    get info() {
      return { text: `${this.message}!` }
    }
  }
  Object.assign(HttpError.prototype, { status: 500 })

  test('a getter on the prototype arrives', () => {
    const error = transferError(new HttpError('boom'))
    expect(error).toMatchObject({ statusCode: 404, info: { text: 'boom!' } })
    expect(isEnumerable(error, 'statusCode')).toBe(false)
  })

  test('a property on the prototype arrives, enumerable', () => {
    const error = transferError(new HttpError('boom'))
    expect(error['status']).toBe(500)
    expect(isEnumerable(error, 'status')).toBe(true)
  })

  test('a method on the prototype does not arrive, and the class keeps its name', () => {
    const error = transferError(new HttpError('boom'))
    expect('describe' in error).toBe(false)
    expect(error.constructor.name).toBe('HttpError')
    expect(Object.keys(error)).toEqual(['status'])
  })

  test('an own property hides the one on the prototype', () => {
    expect(transferError(Object.assign(new HttpError('boom'), { status: 501 }))['status']).toBe(501)
  })

  test('a getter on the prototype that throws is left out', () => {
    class BadError extends Error {
      get bad(): number {
        throw new Error('no')
      }
      get good() {
        return this.message
      }
    }
    const error = transferError(new BadError('boom'))
    expect('bad' in error).toBe(false)
    expect(error['good']).toBe('boom')
  })

  test('prototypes without an end do not hang the thread', () => {
    const endless = (): object => new Proxy({}, { getPrototypeOf: () => endless() })
    expect(transfer(Object.setPrototypeOf(new Error('boom'), endless()))).toBeInstanceOf(Error)
    expect(transfer(endless())).toMatch(/\{\}/)
  })
})

describe('Buffers', () => {
  test('stderr of execSync is a Buffer', () => {
    let thrown: unknown
    try {
      execFileSync(process.execPath, ['-e', 'console.error("oops"); process.exit(3)'], {
        stdio: 'pipe',
      })
    } catch (error) {
      thrown = error
    }
    const error = transferError(thrown)
    expect(String(error['stderr'])).toBe('oops\n')
    expect(Buffer.isBuffer(error['stdout'])).toBe(true)
    expect(error['output']).toEqual([null, Buffer.from(''), Buffer.from('oops\n')])
    expect(error['status']).toBe(3)
  })

  test('a Buffer deep in a property is a Buffer', () => {
    const data = { map: new Map([['key', [Buffer.from('text')]]]) }
    const error = transferError(Object.assign(new Error('boom'), { data }))
    expect(error['data']).toEqual(data)
    expect(Buffer.isBuffer((error['data'] as typeof data).map.get('key')?.[0])).toBe(true)
  })

  test('a Buffer of the pool arrives without the rest of the pool', () => {
    const buffer = transfer(Buffer.from('text')) as Buffer
    expect(buffer.toString()).toBe('text')
    expect(buffer.buffer.byteLength).toBeLessThan(100)
  })

  test('a Uint8Array stays one', () => {
    const bytes = transfer(new Uint8Array([1, 2])) as Uint8Array
    expect(bytes).toEqual(new Uint8Array([1, 2]))
    expect(Buffer.isBuffer(bytes)).toBe(false)
  })

  test('a SharedArrayBuffer is shared', () => {
    const shared = new Uint8Array(new SharedArrayBuffer(1))
    const error = transferError(Object.assign(new Error('boom'), { shared }))
    shared[0] = 7
    expect((error['shared'] as Uint8Array)[0]).toBe(7)
  })
})

describe('symbols', () => {
  test('a thrown symbol arrives as a symbol', () => {
    for (const description of ['text', '', undefined]) {
      const symbol = transfer(Symbol(description))
      expect(symbol).toBeTypeOf('symbol')
      expect((symbol as symbol).description).toBe(description)
    }
  })

  test('a registered symbol arrives as itself', () => {
    expect(transfer(Symbol.for('text'))).toBe(Symbol.for('text'))
  })

  test('a well-known symbol arrives as itself', () => {
    expect(transfer(Symbol.iterator)).toBe(Symbol.iterator)
    expect(transfer(Symbol.asyncDispose)).toBe(Symbol.asyncDispose)
  })

  test('a property that is a symbol arrives as a symbol', () => {
    const error = transferError(Object.assign(new Error('boom'), { kind: Symbol.for('text') }))
    expect(error['kind']).toBe(Symbol.for('text'))
  })

  test('a symbol within an object arrives as text', () => {
    expect(transfer({ kind: Symbol('text') })).toBe('{ kind: Symbol(text) }')
  })

  test('a key that is a symbol is left out', () => {
    const error = transfer(Object.assign(new Error('boom'), { [Symbol.for('key')]: 1 }))
    expect(Object.getOwnPropertySymbols(error)).toEqual([])
  })
})

describe('odd names, messages and stacks', () => {
  test.each(
    [
      { name: 'a number', value: 42 },
      { name: 'undefined', value: undefined },
      { name: 'null', value: null },
      { name: 'an object', value: { a: 1 } },
    ].map((each) => [each.name, each] as const),
  )('%s arrives as it is', (_, { value }) => {
    const odd = { name: value, message: value, stack: value }
    const thrown: Error = new TypeError('boom')
    for (const key of Object.keys(odd)) Object.defineProperty(thrown, key, { value })
    const error = transferError(thrown)
    const { name, message, stack } = error as { [key: string]: unknown }
    expect({ name, message, stack }).toEqual(odd)
    expect(Object.keys(error)).toEqual([])
  })

  test('a message that is a symbol arrives as a symbol', () => {
    const error = transferError(Object.assign(new Error('boom'), { message: Symbol.for('s') }))
    expect(error.message).toBe(Symbol.for('s'))
  })

  test('a deleted stack does not arrive as the parent’s own', () => {
    const thrown = new Error('boom')
    delete thrown.stack
    expect(transferError(thrown).stack).toBe(undefined)
  })

  test('a proxy of an error has a stack', () => {
    const error = transferError(new Proxy(new TypeError('boom'), {}))
    expect(error).toBeInstanceOf(TypeError)
    expect(error.message).toBe('boom')
    expect(error.stack).toMatch(/^TypeError: boom\n +at /)
  })

  test('an assigned name is enumerable', () => {
    const error = transferError(Object.assign(new Error('boom'), { name: 'Named' }))
    expect(Object.entries(error)).toEqual([['name', 'Named']])
  })
})

describe('enumerability', () => {
  test('a property that is not enumerable stays so', () => {
    const error = transferError(Object.defineProperty(new Error('boom'), 'hidden', { value: 1 }))
    expect(error['hidden']).toBe(1)
    expect(Object.keys(error)).toEqual([])
  })

  test('an assigned cause stays enumerable', () => {
    const error = transferError(Object.assign(new Error('boom'), { cause: new TypeError('x') }))
    expect(Object.keys(error)).toEqual(['cause'])
    expect(error.cause).toBeInstanceOf(TypeError)
  })

  test('a cause that was given to the constructor stays hidden', () => {
    const error = transferError(new Error('boom', { cause: new TypeError('x') }))
    expect(Object.keys(error)).toEqual([])
    expect(error.cause).toBeInstanceOf(TypeError)
  })

  test('assigned errors stay enumerable, those of an AggregateError hidden', () => {
    const errors = [new RangeError('one')]
    expect(
      isEnumerable(transferError(Object.assign(new Error('boom'), { errors })), 'errors'),
    ).toBe(true)
    const error = transferError(new AggregateError(errors, 'boom'))
    expect(error).toBeInstanceOf(AggregateError)
    expect(isEnumerable(error, 'errors')).toBe(false)
    expect(error['errors']).toEqual(errors)
  })
})

describe('classes', () => {
  test.each([Error, TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError])(
    'an error is an instance of its class: %o',
    (Class) => {
      const error = transferError(new Class('boom'))
      expect(Object.getPrototypeOf(error)).toBe(Class.prototype)
      expect(Object.prototype.toString.call(error)).toBe('[object Error]')
      expect(error.message).toBe('boom')
    },
  )

  test('a class of the name of a built-in one does not become it', () => {
    const { TypeError: Odd } = { TypeError: class TypeError extends RangeError {} }
    const error = transferError(new Odd('boom'))
    expect(error).toBeInstanceOf(RangeError)
    expect(error).not.toBeInstanceOf(TypeError)
    expect(error.constructor.name).toBe('TypeError')
  })

  test('a DOMException arrives with its code', () => {
    const error = transferError(new DOMException('boom', 'DataCloneError'))
    expect(error).toBeInstanceOf(DOMException)
    expect(error).toMatchObject({ name: 'DataCloneError', message: 'boom', code: 25 })
  })

  test('a class of a DOMException keeps its name', () => {
    class OddException extends DOMException {}
    const error = transferError(new OddException('boom', 'DataError'))
    expect(error).toBeInstanceOf(DOMException)
    expect(error.name).toBe('DataError')
    expect(error.constructor.name).toBe('OddException')
  })

  test('Symbol.hasInstance of a patched class does not matter', () => {
    class OddError extends Error {
      static override [Symbol.hasInstance]() {
        return false
      }
    }
    expect(Object.prototype.toString.call(transfer(new OddError('boom')))).toBe('[object Error]')
  })
})

describe('many and large', () => {
  test('an error of 10 MB', () => {
    const text = 'x'.repeat(10 << 20)
    const error = transferError(Object.assign(new Error(text), { text }))
    expect(error.message === text && error['text'] === text).toBe(true)
  })

  test('5,000 properties', () => {
    const thrown = Object.assign(
      new Error('boom'),
      Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`key${i}`, i])),
    )
    expect(Object.entries(transferError(thrown))).toEqual(Object.entries(thrown))
  })

  test('20,000 levels of cause', () => {
    let thrown = new Error('innermost')
    for (let i = 0; i < 20_000; i++) thrown = new Error(`level ${i}`, { cause: thrown })
    const error = transferError(thrown)
    expect(error.message).toBe('level 19999')
    expect(error.cause).toMatchObject({ message: 'level 19998' })
  })

  test.each([100, 1000, 10_000, 100_000])('an object of %d levels', (levels) => {
    let value: unknown = Buffer.from('text')
    for (let i = 1; i < levels; i++) value = i % 2 === 0 ? { value } : new Map([['key', value]])
    const error = transferError(Object.assign(new Error('boom'), { value, other: { levels } }))
    expect(error).toMatchObject({ message: 'boom', other: { levels } })
    expect(error['value']).toBeTypeOf(levels === 100 ? 'object' : 'string')
  })

  test('many ways to the same error, and cycles', () => {
    const thrown = new Error('boom') as Error & { [key: string]: unknown }
    const errors = [thrown, new Error('one', { cause: thrown })]
    for (let i = 0; i < 40; i++) thrown[`way${i}`] = [...errors, { i }]
    thrown.cause = thrown
    const error = transferError(thrown)
    expect(error.cause).toBe(error)
    expect((error['way7'] as unknown[])[0]).toBe(error)
  })

  test('an object that is reached by two ways stays one', () => {
    const shared = { a: 1 }
    const error = transferError(Object.assign(new Error('boom'), { one: shared, two: shared }))
    expect(error['one']).toBe(error['two'])
  })
})

describe('what cannot be cloned', () => {
  test.each(
    [
      { name: 'a function', value: function f() {}, text: '[Function: f]' },
      { name: 'an object with a function', value: { f() {} }, text: '{ f: [Function: f] }' },
      { name: 'a promise', value: new Promise(() => {}), text: 'Promise { <pending> }' },
    ].map((each) => [each.name, each] as const),
  )('%s arrives as text', (_, { value, text }) => {
    expect(transfer(value)).toBe(text)
    expect(transferError(Object.assign(new Error('boom'), { value }))['value']).toBe(text)
  })

  test('an inspection of its own arrives with the value', () => {
    const value = transfer({ a: 1, [inspect.custom]: () => 'SHOWN' })
    expect(value).toEqual({ a: 1 })
    expect(inspect(value)).toBe('SHOWN')
  })

  test('a value of which nothing can be read does not throw', () => {
    const handler = new Proxy({}, { get: () => { throw new Error('no') } }) // prettier-ignore
    for (const target of [{}, [], new Error('boom'), function f() {}, new Map()]) {
      const proxy = new Proxy(target, handler)
      expect(() => transfer(proxy)).not.toThrow()
      expect(() => transfer(Object.assign(new Error('boom'), { proxy }))).not.toThrow()
      expect(() => transfer([proxy, new Error('boom')])).not.toThrow()
    }
  })

  test('an inspection that throws does not throw', () => {
    const value = { f() {}, [inspect.custom]: () => { throw new Error('no') } } // prettier-ignore
    expect(transfer(value)).toBeTypeOf('string')
  })
})

describe('has at least what Node’s error event has', () => {
  const more: string[] = []
  // The same the other way round: Node's first.
  afterAll(() => console.log(`more than Node’s error event has:\n${more.join('\n')}`))

  test.concurrent.each(Object.entries(thrownValues))('%s', async (name, body) => {
    // Both from the same thread: `error` is Node's, `message` is ours.
    const worker = new Worker(
      `process.on('uncaughtExceptionMonitor', (error) => {
         const { parentPort, workerData } = require('node:worker_threads')
         parentPort.postMessage(require(workerData).serializeError(error))
       })
       ${body}`,
      { eval: true, workerData: path.join(root, built.errorTransfer) },
    )
    const [serialized, nodes] = await Promise.all([
      new Promise<SerializedError>((resolve) => worker.once('message', resolve)),
      new Promise<unknown>((resolve) => worker.once('error', resolve)),
    ])
    const ours = deserializeError(serialized)
    expect(missing(ours, nodes)).toEqual([])
    more.push(...missing(nodes, ours, name))
  })
})

/** What `nodes` has and `ours` does not have, as paths with both values. */
function missing(ours: unknown, nodes: unknown, path = 'thrown'): string[] {
  const differs = [`${path}: ${briefly(nodes)}, and not ${briefly(ours)}`]
  if (typeof nodes === 'symbol') {
    // Node's are all registered.
    return typeof ours === 'symbol' && String(ours) === String(nodes) ? [] : differs
  }
  if (nodes instanceof Error) {
    if (!(ours instanceof Error)) return differs
    const keys = new Set(Object.getOwnPropertyNames(nodes)).add('stack')
    return [...keys].flatMap((key) => {
      const [here, there] = [ours, nodes].map((error) => Reflect.get(error, key) as unknown)
      const lost = isEnumerable(nodes, key) === true && isEnumerable(ours, key) !== true
      return [
        ...(lost ? [`${path}.${key} is enumerable`] : []),
        ...missing(here, there, `${path}.${key}`),
      ]
    })
  }
  if (isDeepStrictEqual(ours, nodes)) return []
  // Node has no more than a text: the value is as good if it has that text.
  if (typeof nodes === 'string' || isCustom(nodes)) {
    const text = typeof nodes === 'string' ? nodes : inspect(nodes)
    return text.includes(inspect(ours)) ? [] : differs
  }
  // Node has a plain object in place of what was no error to it.
  if (!(ours instanceof Error) || Object.getPrototypeOf(nodes) !== Object.prototype) return differs
  return Object.entries(nodes as object).flatMap(([key, value]) => {
    return missing(Reflect.get(ours, key), value, `${path}.${key}`)
  })
}

function briefly(value: unknown): string {
  return inspect(value, { depth: 1 }).replaceAll(/\s+/g, ' ').slice(0, 120)
}

function isCustom(value: unknown): boolean {
  return typeof value === 'object' && value !== null && inspect.custom in value
}
