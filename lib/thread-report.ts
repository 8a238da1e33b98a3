import { inspect, types } from 'node:util'

/** A thrown value, in a shape that the structured clone takes whatever the value was. */
export type Carried =
  | { readonly kind: 'value'; readonly value: unknown }
  /** An array with errors in it: `errors` of an AggregateError. */
  | { readonly kind: 'list'; readonly items: readonly Carried[] }
  | {
      readonly kind: 'error'
      readonly className: string
      readonly base: string
      readonly name: string
      readonly message: string
      readonly stack: string | undefined
      readonly own: readonly (readonly [string, Carried])[]
    }

/** `cause` of a `cause`, and errors in `errors`: this many levels. */
const DEPTH = 4

/** A chain of causes longer than this counts as a cycle. */
const MAX_CAUSES = 100

const BUILT_IN = new Map<string, ErrorConstructor>(
  [Error, TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError].map((each) => [
    each.name,
    each,
  ]),
)

/** Any access to a thrown value can throw: a getter, a proxy. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}

function text(read: () => unknown): string | undefined {
  const value = attempt(read)
  return typeof value === 'string' ? value : undefined
}

function isError(value: unknown): value is Error {
  return types.isNativeError(value) || attempt(() => value instanceof Error) === true
}

/**
 * In the thread that died: `thrown`, as far as it can be carried. Never throws.
 *
 * @param seen - What stands for each error and list: once, however many ways lead to it. The
 * structured clone keeps cycles.
 */
export function carry(thrown: unknown, depth = 0, seen = new Map<unknown, Carried>()): Carried {
  const known = seen.get(thrown)
  if (known !== undefined) return known
  if (depth <= DEPTH) {
    if (isError(thrown)) return carryError(thrown, depth, seen)
    if (attempt(() => Array.isArray(thrown) && thrown.some(isError)) === true) {
      const items: Carried[] = []
      const list: Carried = { kind: 'list', items }
      seen.set(thrown, list)
      attempt(() => {
        for (const each of thrown as unknown[]) items.push(carry(each, depth + 1, seen))
      })
      return list
    }
  }
  const clone = attempt((): { value: unknown } => ({ value: structuredClone(thrown) }))
  if (clone !== undefined) return { kind: 'value', value: clone.value }
  const shown = attempt(() => inspect(thrown)) ?? '[a value that cannot be shown]'
  return { kind: 'value', value: shown }
}

function carryError(error: Error, depth: number, seen: Map<unknown, Carried>): Carried {
  const own: [string, Carried][] = []
  const carried: Carried = {
    kind: 'error',
    className: text(() => error.constructor.name) ?? 'Error',
    base: baseOf(error),
    name: text(() => error.name) ?? 'Error',
    message: text(() => error.message) ?? '',
    stack: text(() => error.stack),
    own,
  }
  seen.set(error, carried)
  for (const key of attempt(() => Reflect.ownKeys(error)) ?? []) {
    if (typeof key !== 'string' || key === 'message' || key === 'stack' || key === 'name') continue
    const value = attempt(() => ({ value: (error as unknown as Record<string, unknown>)[key] }))
    if (value !== undefined) own.push([key, carry(value.value, depth + 1, seen)])
  }
  return carried
}

/** The nearest built-in class of an error, which the parent can make one of. */
function baseOf(error: Error): string {
  if (attempt(() => error instanceof DOMException) === true) return 'DOMException'
  let prototype = attempt(() => Object.getPrototypeOf(error) as unknown)
  while (typeof prototype === 'object' && prototype !== null) {
    const each = prototype
    const name = text(() => (each.constructor as { name: unknown }).name)
    if (name === 'AggregateError' || (name !== undefined && BUILT_IN.has(name))) return name
    prototype = attempt(() => Object.getPrototypeOf(each) as unknown)
  }
  return 'Error'
}

/**
 * Node 20 serializes the causes of an error to the end, and a cycle has none: the dying thread would
 * be busy with it for minutes. To be called once nobody looks at the error any more. Never throws.
 */
export function breakCauseCycle(thrown: unknown): void {
  if (Number.parseInt(process.versions.node, 10) >= 22) return
  const seen = new Set<unknown>()
  let error = thrown
  while (isError(error)) {
    const each = error
    seen.add(each)
    const cause = attempt(() => each.cause)
    if (seen.has(cause) || seen.size >= MAX_CAUSES) {
      attempt(() => Object.defineProperty(each, 'cause', { value: inspect(cause, { depth: 0 }) }))
      return
    }
    error = cause
  }
}

/** In the parent: what was thrown, or its likeness. */
export function revive(carried: Carried, seen = new Map<Carried, unknown>()): unknown {
  if (carried.kind === 'value') return carried.value
  if (seen.has(carried)) return seen.get(carried)
  if (carried.kind === 'error') return reviveError(carried, seen)
  const list: unknown[] = []
  seen.set(carried, list)
  for (const each of carried.items) list.push(revive(each, seen))
  return list
}

function reviveError(carried: Carried & { kind: 'error' }, seen: Map<Carried, unknown>): Error {
  const error = bare(carried)
  seen.set(carried, error)
  const define = (key: string, value: unknown, enumerable: boolean): void => {
    Object.defineProperty(error, key, { value, enumerable, writable: true, configurable: true })
  }
  define('stack', carried.stack, false)
  if (carried.name !== error.name) define('name', carried.name, false)
  for (const [key, value] of carried.own) {
    // As JavaScript itself has them.
    define(key, revive(value, seen), key !== 'cause' && key !== 'errors')
  }
  return error
}

/** An error of the same class, as far as this side has one: a class of the user's has its name. */
function bare({ base, className, message, name }: Carried & { kind: 'error' }): Error {
  if (base === 'DOMException') return new DOMException(message, name)
  const error =
    base === 'AggregateError'
      ? new AggregateError([], message)
      : new (BUILT_IN.get(base) ?? Error)(message)
  if (className === base || className === '') return error
  const named = { [className]: class extends Error {} }[className]
  const prototype: object = Object.create(Object.getPrototypeOf(error) as object, {
    constructor: { value: named, writable: true, configurable: true },
  }) as object
  return Object.setPrototypeOf(error, prototype) as Error
}
