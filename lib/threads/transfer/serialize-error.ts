/**
 * Serializes a value that a thread has thrown, for its parent. The parent gets at least what Node's
 * `error` event of a Worker has, as an error of the same class.
 *
 * {@link serializeError} runs in the dying thread, whose script may have patched or deleted anything.
 * So this file follows the rules of primordials.ts. Node's own functions (inspect(), v8's serializer)
 * can still fail in such a thread; then a plainer form of the value is used.
 */
import { builtInClass, isBuiltIn, MAX_PROTOTYPES } from './builtin-errors'
import * as safe from './primordials'
import {
  NOT_SHOWN,
  type SerializedSymbol,
  type SerializedValue,
  serializeSymbol,
  serializeValue,
} from './values'

/** A thrown value, in a form that the structured clone always accepts. */
export type SerializedError =
  | SerializedValue
  | SerializedSymbol
  /** An array of errors or Buffers: `errors` of an AggregateError, `output` of execSync(). */
  | { readonly kind: 'list'; readonly items: readonly SerializedError[] }
  | SerializedErrorObject

export interface SerializedErrorObject {
  readonly kind: 'error'
  readonly className: string
  readonly base: string
  /** Name, whether it is enumerable, and value. */
  readonly properties: readonly (readonly [string, boolean, SerializedError])[]
}

/** How many levels of `cause`, `errors` and other properties are followed. */
const MAX_DEPTH = 4

/** A chain of causes longer than this counts as a cycle. */
const MAX_CAUSES = 100

/** Node 20 serializes all causes of an error, however many. */
const NODE_SERIALIZES_ALL_CAUSES = Number.parseInt(process.versions.node, 10) < 22

/**
 * In the dying thread: serializes `thrown`. Never throws.
 *
 * An error arrives with
 * - its class: the nearest built-in class, with the name of its own class;
 * - its own properties with string keys, enumerable as they were;
 * - the properties and getters of its prototypes, up to the first built-in one, as own properties
 *   with their values, enumerable as they were; without functions, which are methods.
 *
 * A symbol arrives as itself if it is well-known or registered, else as a new symbol of the same
 * description. Values that cannot be cloned arrive as the text of inspect(): functions, objects that
 * contain functions or symbols, and objects of very many levels.
 */
export function serializeError(thrown: unknown): SerializedError {
  return safe.attempt(() => serialize(thrown, 0, safe.safeMap()), {
    kind: 'value',
    value: NOT_SHOWN,
    shown: undefined,
  })
}

/** @param seen - The serialized form of each object. The structured clone keeps cycles. */
function serialize(
  thrown: unknown,
  depth: number,
  seen: safe.SafeMap<SerializedError>,
): SerializedError {
  if (typeof thrown === 'symbol') return serializeSymbol(thrown)
  if (!safe.isObject(thrown)) return { kind: 'value', value: thrown, shown: undefined }
  const known = seen.get(thrown)
  if (known !== undefined) return known
  // Not added to `seen`: a shorter path to this object may serialize it better.
  if (depth > MAX_DEPTH) return serializeValue(thrown)
  if (safe.isError(thrown)) return serializeErrorObject(thrown, depth, seen)
  if (safe.attempt(() => safe.isArray(thrown) && isListToFollow(thrown), false)) {
    return serializeList(thrown as unknown[], depth, seen)
  }
  const serialized = serializeValue(thrown)
  seen.set(thrown, serialized)
  return serialized
}

function serializeErrorObject(
  error: Error,
  depth: number,
  seen: safe.SafeMap<SerializedError>,
): SerializedError {
  const base = builtInClass(error)
  const className = safe.attempt((): unknown => error.constructor.name, undefined)
  const properties: [string, boolean, SerializedError][] = []
  const serialized: SerializedError = {
    kind: 'error',
    className: typeof className === 'string' ? className : base,
    base,
    properties,
  }
  seen.set(error, serialized)
  const taken = safe.create(null) as { [key: string]: true }
  const take = (key: string, enumerable: boolean, value: unknown): void => {
    taken[key] = true
    safe.append(properties, [key, enumerable, serialize(value, depth + 1, seen)])
  }
  let object: object | null = error
  for (let i = 0; i < MAX_PROTOTYPES && object !== null && !isBuiltIn(object); i++) {
    takeProperties(error, object, taken, take)
    const current: object = object
    object = safe.attempt(() => safe.getPrototypeOf(current), null)
  }
  // Inherited from a built-in prototype.
  const takeMissing = (key: string, otherwise: unknown): void => {
    if (!taken[key])
      take(
        key,
        false,
        safe.attempt(() => read(error, key), otherwise),
      )
  }
  takeMissing('name', base)
  takeMissing('message', '')
  takeMissing('stack', undefined)
  return serialized
}

/** Takes the properties of `object`, which is `error` or one of its prototypes. */
function takeProperties(
  error: Error,
  object: object,
  taken: { readonly [key: string]: true },
  take: (key: string, enumerable: boolean, value: unknown) => void,
): void {
  const keys = safe.attempt(() => safe.ownKeys(object), [])
  const inherited = object !== error
  safe.find(keys, (key) => {
    if (typeof key !== 'string' || taken[key]) return
    if (inherited && (key === 'constructor' || key === '__proto__')) return
    const descriptor = safe.attempt(() => safe.getOwnPropertyDescriptor(object, key), undefined)
    const value = safe.attempt(() => read(error, key), safe.FAILED)
    if (descriptor === undefined || value === safe.FAILED) return
    if (inherited && typeof value === 'function') return
    take(key, descriptor.enumerable === true, value)
  })
}

function read(error: Error, key: string): unknown {
  const value: unknown = safe.get(error, key)
  // Since Node 22 the stack of an error cannot be read through a proxy.
  if (key === 'stack' && value === undefined && safe.isProxy(error)) return stackOfProxy(error)
  return value
}

function stackOfProxy(error: Error): string {
  const text = safe.inspect(error)
  // Node 26 also shows the proxy.
  return safe.stringSlice(text, 0, 6) === 'Proxy(' ? safe.stringSlice(text, 6, -1) : text
}

function serializeList(
  list: readonly unknown[],
  depth: number,
  seen: safe.SafeMap<SerializedError>,
): SerializedError {
  const items: SerializedError[] = []
  const serialized: SerializedError = { kind: 'list', items }
  seen.set(list, serialized)
  safe.attempt(
    () => safe.find(list, (item) => safe.append(items, serialize(item, depth + 1, seen))),
    undefined,
  )
  return serialized
}

function isListToFollow(list: readonly unknown[]): boolean {
  return safe.find(list, (item) => safe.isError(item) || safe.isBuffer(item)) !== undefined
}

/**
 * Cuts an endless chain of causes. Node 20 serializes all causes of the error that a thread dies
 * of, which takes minutes for a cycle. Call it after the last listener has run. Never throws.
 */
export function breakCauseCycle(thrown: unknown): void {
  if (!NODE_SERIALIZES_ALL_CAUSES) return
  const seen = safe.safeMap<true>()
  let error = thrown
  for (let i = 1; safe.isError(error); i++) {
    const current = error
    seen.set(current, true)
    const cause = safe.attempt(() => current.cause, undefined)
    if (i >= MAX_CAUSES || (safe.isObject(cause) && seen.get(cause) === true)) {
      safe.attempt(() => {
        safe.define(current, 'cause', safe.inspect(cause, { depth: 0 }), false)
      }, undefined)
      return
    }
    error = cause
  }
}
