/**
 * Functions of JavaScript and Node as they were when this module was loaded. Code that runs in a
 * thread after the user's script uses these, because the script may have patched or deleted anything.
 *
 * Such code also avoids all syntax that looks up a method or a setter: `for`-`of`, spread and
 * destructuring of arrays, methods of arrays and maps, and assignments to items of arrays.
 */
import util = require('node:util')

export const { apply, get, getOwnPropertyDescriptor, getPrototypeOf, has, ownKeys } = Reflect
export const { create, is, setPrototypeOf } = Object
export const { isArray } = Array
export const isView = ArrayBuffer.isView.bind(ArrayBuffer)
export const { keyFor } = Symbol
export const { inspect } = util
export const { isMap, isProxy, isSet } = util.types
export const { structuredClone } = globalThis

/** Loads modules of Node that are seldom needed. */
export const getBuiltinModule: typeof process.getBuiltinModule =
  process.getBuiltinModule.bind(process)

const { defineProperty } = Reflect
const { isNativeError } = util.types
// The global, since importing a module of Node takes 0.1 ms.
const BUFFER_PROTOTYPE: object = globalThis.Buffer.prototype as object
const ERROR_PROTOTYPE = Error.prototype

/** @returns a function that calls `method` with its first argument as `this`. */
function uncurryThis(method: unknown): unknown {
  return Function.prototype.call.bind(method as () => unknown)
}

export const isPrototypeOf = uncurryThis(get(Object.prototype, 'isPrototypeOf')) as (
  prototype: object,
  object: unknown,
) => boolean

export const symbolDescription = uncurryThis(
  getOwnPropertyDescriptor(Symbol.prototype, 'description')?.get,
) as (symbol: symbol) => string | undefined

export const stringSlice = uncurryThis(get(String.prototype, 'slice')) as (
  text: string,
  start: number,
  end?: number,
) => string

type ForEach = (collection: object, visit: (value: unknown, key: unknown) => void) => void
export const mapForEach = uncurryThis(get(Map.prototype, 'forEach')) as ForEach
export const setForEach = uncurryThis(get(Set.prototype, 'forEach')) as ForEach

const SafeWeakMap = WeakMap
const weakMapGet = uncurryThis(get(WeakMap.prototype, 'get')) as (
  map: WeakMap<object, unknown>,
  key: object,
) => unknown
const weakMapSet = uncurryThis(get(WeakMap.prototype, 'set')) as (
  map: WeakMap<object, unknown>,
  key: object,
  value: unknown,
) => void

/** A WeakMap whose methods the script cannot patch. */
export interface SafeMap<V> {
  readonly get: (key: object) => V | undefined
  readonly set: (key: object, value: V) => void
}

export function safeMap<V>(): SafeMap<V> {
  const map = new SafeWeakMap<object, unknown>()
  return {
    get: (key) => weakMapGet(map, key) as V | undefined,
    set: (key, value) => weakMapSet(map, key, value),
  }
}

/** Passed as `otherwise` to {@link attempt} if undefined is a valid result. */
export const FAILED = Symbol('failed')

/** @returns the result of `read`, or `otherwise` if it throws. */
export function attempt<T, U>(read: () => T, otherwise: U): T | U {
  try {
    return read()
  } catch {
    return otherwise
  }
}

/** Defines a writable, configurable property. */
export function define(
  object: object,
  key: PropertyKey,
  value: unknown,
  enumerable: boolean,
): void {
  // Without a prototype, because Object.prototype may have a `get` or a `set`.
  const descriptor = { __proto__: null, value, enumerable, writable: true, configurable: true }
  defineProperty(object, key, descriptor)
}

/** `list.push(item)` */
export function append<T>(list: T[], item: T): void {
  define(list, list.length, item, true)
}

/** @returns the first item for which `test` returns true. Also serves to visit each item. */
export function find<T>(
  list: readonly T[],
  test: (item: T, index: number) => unknown,
): T | undefined {
  for (let i = 0; i < list.length; i++) {
    const item = list[i] as T
    if (test(item, i) === true) return item
  }
  return undefined
}

export function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}

export function isBuffer(value: unknown): value is Buffer {
  return attempt(() => isPrototypeOf(BUFFER_PROTOTYPE, value), false)
}

/** Also true for errors of other realms, proxies of errors, and `Object.create(Error.prototype)`. */
export function isError(value: unknown): value is Error {
  return isNativeError(value) || attempt(() => isPrototypeOf(ERROR_PROTOTYPE, value), false)
}
