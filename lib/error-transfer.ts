/**
 * Carries what a thread threw to its parent: at least what Node's own `error` event of a Worker
 * carries, and it arrives as an error of its class.
 *
 * {@link serializeError} runs in the dying thread, after a script that may have patched or deleted
 * anything, so it is written by the rules of primordials.ts. Node's own functions (inspect(), v8's
 * serializer) can still fail in such a thread; then a plainer form of the value is used.
 */
import {
  append,
  attempt,
  create,
  define,
  FAILED,
  find,
  get,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  inspect,
  is,
  isArray,
  isBuffer,
  isError,
  isObject,
  isProxy,
  ownKeys,
  type SafeMap,
  safeMap,
  setPrototypeOf,
  stringSlice,
} from './primordials'
import {
  deserializeSymbol,
  deserializeValue,
  NOT_SHOWN,
  type SerializedSymbol,
  type SerializedValue,
  serializeSymbol,
  serializeValue,
} from './value-transfer'

/** A thrown value, in a form that the structured clone takes whatever the value was. */
export type SerializedError =
  | SerializedValue
  | SerializedSymbol
  /** An array with errors or Buffers in it: `errors` of an AggregateError, `output` of execSync(). */
  | { readonly kind: 'list'; readonly items: readonly SerializedError[] }
  | SerializedErrorObject

interface SerializedErrorObject {
  readonly kind: 'error'
  readonly className: string
  readonly base: string
  /** Name, whether it is enumerable, and value. */
  readonly properties: readonly (readonly [string, boolean, SerializedError])[]
}

/** How deep errors are followed into `cause`, `errors` and other properties. */
const MAX_DEPTH = 4

/** How far a prototype chain is followed. A proxy can make one that has no end. */
const MAX_PROTOTYPES = 100

/** A chain of causes longer than this counts as a cycle. */
const MAX_CAUSES = 100

const OBJECT_PROTOTYPE = Object.prototype
const { DOMException } = globalThis

interface BuiltInClass {
  readonly name: string
  readonly prototype: object
  /** @returns an error that has none of its own properties yet, except for `stack`. */
  readonly construct: (message: string, name: string) => Error
}

const BUILT_IN: readonly BuiltInClass[] = [
  ...[Error, TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError].map(
    (Class) => ({ name: Class.name, prototype: Class.prototype, construct: () => new Class() }),
  ),
  {
    name: 'AggregateError',
    prototype: AggregateError.prototype,
    construct: () => new AggregateError([]),
  },
  {
    name: 'DOMException',
    prototype: DOMException.prototype,
    construct: (message, name) => new DOMException(message, name),
  },
]

/** Node 20 serializes all causes of an error, however many. */
const NODE_SERIALIZES_ALL_CAUSES = Number.parseInt(process.versions.node, 10) < 22

/**
 * In the thread that died: `thrown`, as far as it can be carried. Never throws.
 *
 * An error arrives with
 * - its class: the nearest built-in one, under the name of its own;
 * - its own properties with string keys, enumerable where they were;
 * - the properties and getters of its prototypes, up to the first built-in one, as own properties
 *   with the value that they had, enumerable where they were. Functions of prototypes are methods,
 *   and are left out.
 *
 * A symbol arrives as itself if it is well-known or registered, else as a new one of the same
 * description. What cannot be cloned arrives as the text of inspect(): functions, objects with
 * functions or symbols in them, and objects of very many levels.
 */
export function serializeError(thrown: unknown): SerializedError {
  return attempt(() => serialize(thrown, 0, safeMap()), {
    kind: 'value',
    value: NOT_SHOWN,
    shown: undefined,
  })
}

/**
 * @param seen - The serialized form of each object: the same one however many ways lead to it. The
 * structured clone keeps cycles.
 */
function serialize(
  thrown: unknown,
  depth: number,
  seen: SafeMap<SerializedError>,
): SerializedError {
  if (typeof thrown === 'symbol') return serializeSymbol(thrown)
  if (!isObject(thrown)) return { kind: 'value', value: thrown, shown: undefined }
  const known = seen.get(thrown)
  if (known !== undefined) return known
  // At the limit as a value, which the next way to it may improve upon.
  if (depth > MAX_DEPTH) return serializeValue(thrown)
  if (isError(thrown)) return serializeErrorObject(thrown, depth, seen)
  if (attempt(() => isArray(thrown) && isListToFollow(thrown), false)) {
    return serializeList(thrown as unknown[], depth, seen)
  }
  const serialized = serializeValue(thrown)
  seen.set(thrown, serialized)
  return serialized
}

function serializeErrorObject(
  error: Error,
  depth: number,
  seen: SafeMap<SerializedError>,
): SerializedError {
  const base = builtInClass(error)
  const className = attempt((): unknown => error.constructor.name, undefined)
  const properties: [string, boolean, SerializedError][] = []
  const serialized: SerializedError = {
    kind: 'error',
    className: typeof className === 'string' ? className : base,
    base,
    properties,
  }
  seen.set(error, serialized)
  const taken = create(null) as { [key: string]: true }
  const take = (key: string, enumerable: boolean, value: unknown): void => {
    taken[key] = true
    append(properties, [key, enumerable, serialize(value, depth + 1, seen)])
  }
  let object: object | null = error
  for (let i = 0; i < MAX_PROTOTYPES && object !== null && !isBuiltIn(object); i++) {
    takeProperties(error, object, taken, take)
    const current: object = object
    object = attempt(() => getPrototypeOf(current), null)
  }
  // What comes from a built-in prototype.
  const takeMissing = (key: string, otherwise: unknown): void => {
    if (!taken[key])
      take(
        key,
        false,
        attempt(() => read(error, key), otherwise),
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
  const keys = attempt(() => ownKeys(object), [])
  const inherited = object !== error
  find(keys, (key) => {
    if (typeof key !== 'string' || taken[key]) return
    if (inherited && (key === 'constructor' || key === '__proto__')) return
    const descriptor = attempt(() => getOwnPropertyDescriptor(object, key), undefined)
    const value = attempt(() => read(error, key), FAILED)
    if (descriptor === undefined || value === FAILED) return
    if (inherited && typeof value === 'function') return
    take(key, descriptor.enumerable === true, value)
  })
}

function read(error: Error, key: string): unknown {
  const value: unknown = get(error, key)
  // From Node 22 on the stack of an error cannot be read through a proxy.
  if (key === 'stack' && value === undefined && isProxy(error)) return stackOfProxy(error)
  return value
}

function stackOfProxy(error: Error): string {
  const text = inspect(error)
  // Node 26 shows the proxy, too.
  return stringSlice(text, 0, 6) === 'Proxy(' ? stringSlice(text, 6, -1) : text
}

function serializeList(
  list: readonly unknown[],
  depth: number,
  seen: SafeMap<SerializedError>,
): SerializedError {
  const items: SerializedError[] = []
  const serialized: SerializedError = { kind: 'list', items }
  seen.set(list, serialized)
  attempt(() => find(list, (item) => append(items, serialize(item, depth + 1, seen))), undefined)
  return serialized
}

function isListToFollow(list: readonly unknown[]): boolean {
  return find(list, (item) => isError(item) || isBuffer(item)) !== undefined
}

function isBuiltIn(prototype: object): boolean {
  const known = find(BUILT_IN, (each) => each.prototype === prototype)
  return known !== undefined || prototype === OBJECT_PROTOTYPE
}

/** The name of the nearest built-in class of an error, which the parent can make one of. */
function builtInClass(error: Error): string {
  // An error of another realm has other classes of the same names.
  let byName: string | undefined
  let prototype = attempt(() => getPrototypeOf(error), null)
  for (let i = 0; i < MAX_PROTOTYPES && prototype !== null; i++) {
    const current: object = prototype
    const known = find(BUILT_IN, (each) => each.prototype === current)
    if (known !== undefined) return known.name
    const name = attempt((): unknown => current.constructor.name, undefined)
    byName ??= find(BUILT_IN, (each) => each.name === name)?.name
    prototype = attempt(() => getPrototypeOf(current), null)
  }
  return byName ?? 'Error'
}

/**
 * Makes an error with an endless chain of causes one with an end. Node 20 serializes all causes of
 * the error that a thread dies of, which takes it minutes for a cycle. To be called when nobody looks
 * at the error any more. Never throws.
 */
export function breakCauseCycle(thrown: unknown): void {
  if (!NODE_SERIALIZES_ALL_CAUSES) return
  const seen = safeMap<true>()
  let error = thrown
  for (let i = 1; isError(error); i++) {
    const current = error
    seen.set(current, true)
    const cause = attempt(() => current.cause, undefined)
    if (i >= MAX_CAUSES || (isObject(cause) && seen.get(cause) === true)) {
      attempt(() => {
        define(current, 'cause', inspect(cause, { depth: 0 }), false)
      }, undefined)
      return
    }
    error = cause
  }
}

/** In the parent: what was thrown, or its likeness. */
export function deserializeError(serialized: SerializedError): unknown {
  return deserialize(serialized, new Map())
}

function deserialize(serialized: SerializedError, seen: Map<SerializedError, unknown>): unknown {
  if (serialized.kind === 'symbol') return deserializeSymbol(serialized)
  if (seen.has(serialized)) return seen.get(serialized)
  if (serialized.kind === 'error') return deserializeErrorObject(serialized, seen)
  if (serialized.kind === 'list') {
    const list: unknown[] = []
    seen.set(serialized, list)
    for (const each of serialized.items) list.push(deserialize(each, seen))
    return list
  }
  const value = deserializeValue(serialized)
  seen.set(serialized, value)
  return value
}

function deserializeErrorObject(
  serialized: SerializedErrorObject,
  seen: Map<SerializedError, unknown>,
): Error {
  const error = emptyError(serialized)
  seen.set(serialized, error)
  for (const [key, enumerable, each] of serialized.properties) {
    const value = deserialize(each, seen)
    const isDefault = (key === 'name' || key === 'message') && !enumerable
    if (!isDefault || !is(get(error, key), value)) define(error, key, value, enumerable)
  }
  return error
}

/** An error of the same class, if this side has it; else of a new class of the same name. */
function emptyError({ base, className, properties }: SerializedErrorObject): Error {
  const text = (name: string): string => {
    const found = properties.find(([key]) => key === name)?.[2]
    return found?.kind === 'value' && typeof found.value === 'string' ? found.value : ''
  }
  const builtIn = BUILT_IN.find(({ name }) => name === base)
  const error = builtIn?.construct(text('message'), text('name')) ?? new Error()
  // This side's own. To define another over it would format it first.
  delete error.stack
  if (className === base || className === '') return error
  const named = { [className]: class extends Error {} }[className]
  const prototype = create(getPrototypeOf(error)) as object
  define(prototype, 'constructor', named, false)
  return setPrototypeOf(error, prototype) as Error
}
