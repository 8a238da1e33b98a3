// An error is serialized in a thread whose script has patched or deleted what serialization might
// use. It arrives whole all the same. Each tampering has a thread of its own.
import path from 'node:path'
import { Worker } from 'node:worker_threads'
import { describe, expect, test } from 'vitest'
import { deserializeError } from '../../lib/threads/transfer/deserialize-error'
import { type SerializedError } from '../../lib/threads/transfer/serialize-error'
import { built, root } from '../helpers/paths'

const no = "() => { throw new Error('tampered') }"

/** Replaces all functions and getters of an object. */
const breakAll = (object: string) => `
  const object = ${object}
  const { ownKeys, defineProperty, getOwnPropertyDescriptor } = Reflect
  const keys = ownKeys(object)
  for (let i = 0; i < keys.length; i++) {
    const { configurable, get, value } = getOwnPropertyDescriptor(object, keys[i])
    if (keys[i] === 'constructor' || !configurable) continue
    if (get) defineProperty(object, keys[i], { get: ${no} })
    else if (typeof value === 'function') defineProperty(object, keys[i], { value: ${no} })
  }`

const setters = `
  const keys = ['0', '1', '2', '3', 'kind', 'value', 'items', 'properties', 'className', 'base', 'name',
    'message', 'stack', 'cause', 'code', 'shown', 'bytes', 'from', 'text', 'error', 'type', 'enumerable']
  for (const key of keys) {
    Object.defineProperty(Object.prototype, key, { __proto__: null, get: ${no}, set: ${no} })
  }`

const tamperings: { [name: string]: string } = {
  none: '',
  'Object.prototype with setters': setters,
  'Object.prototype with get and set': `Object.prototype.get = Object.prototype.set = ${no}`,
  'Object.prototype with a value': 'Object.prototype.value = 1; Object.prototype.writable = false',
  'a frozen Object.prototype': 'Object.freeze(Object.prototype); Object.freeze(Array.prototype)',
  'array iteration': `Array.prototype[Symbol.iterator] = ${no}`,
  'no array iteration': 'delete Array.prototype[Symbol.iterator]',
  ...Object.fromEntries(
    [
      'Array.prototype',
      'Map.prototype',
      'Set.prototype',
      'WeakMap.prototype',
      'WeakSet.prototype',
      'Symbol.prototype',
      'String.prototype',
      'Error.prototype',
      'Object.prototype',
      'MessagePort.prototype',
      'Buffer',
      'Buffer.prototype',
      'Symbol',
      'Array',
      'Object',
      'Reflect',
      'Object.getPrototypeOf(Uint8Array.prototype)',
      "require('node:util')",
      "require('node:util').types",
      "require('node:v8')",
      "require('node:v8').DefaultSerializer.prototype",
      "require('node:module').prototype",
    ].map((object) => [`all of ${object}`, breakAll(object)]),
  ),
  'all of Function.prototype': `Function.prototype.call = Function.prototype.apply = Function.prototype.bind = ${no}`,
  'no collections':
    'globalThis.Map = globalThis.Set = globalThis.WeakMap = globalThis.WeakSet = undefined',
  'Map and WeakMap replaced': 'globalThis.Map = globalThis.WeakMap = class {}',
  'no structuredClone': 'globalThis.structuredClone = undefined',
  'no setImmediate': 'globalThis.setImmediate = undefined',
  'no built-in objects':
    'globalThis.JSON = globalThis.Reflect = globalThis.Object = globalThis.Array = globalThis.Symbol = globalThis.Buffer = undefined',
  'no errors': 'globalThis.Error = globalThis.TypeError = globalThis.RangeError = undefined',
  'no globals': `for (const key of Object.getOwnPropertyNames(globalThis)) {
    try { delete globalThis[key] } catch {}
  }`,
  'no built-in modules': 'process.getBuiltinModule = undefined; process.versions = {}',
  'instanceof for errors': `Object.defineProperty(Error, Symbol.hasInstance, { value: ${no} })`,
  'instanceof for Buffers': `Object.defineProperty(Buffer, Symbol.hasInstance, { value: ${no} })`,
}

/** What arrives in a plainer form, because Node's own functions fail in such a thread. */
const plainer: { [name: string]: { [key: string]: unknown } } = {
  'all of Array.prototype': { f: '[a value that cannot be shown]' },
  'all of Object.getPrototypeOf(Uint8Array.prototype)': {
    data: { bytes: new Uint8Array(Buffer.from('text')) },
  },
  "all of require('node:v8')": { data: { bytes: new Uint8Array(Buffer.from('text')) } },
  "all of require('node:v8').DefaultSerializer.prototype": {
    data: { bytes: new Uint8Array(Buffer.from('text')) },
  },
}

const worker = `
  const { serializeError } = require(require('node:worker_threads').workerData)
  const { parentPort } = require('node:worker_threads')
  const post = parentPort.postMessage.bind(parentPort)
  class OddError extends TypeError { get statusCode() { return 404 } }
  const error = Object.assign(new OddError('boom', { cause: new RangeError('inner') }), {
    code: 'ERR_X',
    data: { bytes: Buffer.from('text') },
    errors: [new Error('one')],
    kind: Symbol.for('kind'),
    f() {},
    more: new Map([[1, new Set([2])]]),
  });
  { TAMPERING }
  post(serializeError(error))`

describe.concurrent('an error arrives whole in spite of', () => {
  test.each(Object.entries(tamperings))('%s', async (name, tampering) => {
    const thread = new Worker(
      worker.replace('TAMPERING', () => tampering),
      {
        eval: true,
        workerData: path.join(root, built.errorTransfer),
      },
    )
    let failure: unknown
    const serialized = await new Promise<SerializedError>((resolve, reject) => {
      thread.once('message', resolve).once('exit', () => reject(failure))
      // Some threads fail afterwards, in Node's own code.
      thread.on('error', (error) => (failure = error))
    })
    const error = deserializeError(serialized) as Error & { readonly [key: string]: unknown }
    expect(error).toBeInstanceOf(TypeError)
    expect(error.constructor.name).toBe('OddError')
    expect(error.stack).toMatch(/^TypeError: boom\n +at /)
    expect(error.cause).toBeInstanceOf(RangeError)
    expect(error).toMatchObject({ name: 'TypeError', message: 'boom', statusCode: 404 })
    expect(Object.fromEntries(Object.entries(error))).toEqual({
      code: 'ERR_X',
      data: { bytes: Buffer.from('text') },
      errors: [new Error('one')],
      kind: Symbol.for('kind'),
      f: '[Function: f]',
      more: new Map([[1, new Set([2])]]),
      ...plainer[name],
    })
  })
})
