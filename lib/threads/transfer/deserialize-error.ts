import { BUILT_IN } from './builtin-errors'
import * as safe from './primordials'
import type { SerializedError, SerializedErrorObject } from './serialize-error'
import { deserializeSymbol, deserializeValue } from './values'

/** In the parent: recreates the value that was thrown. */
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
    if (!isDefault || !safe.is(safe.get(error, key), value))
      safe.define(error, key, value, enumerable)
  }
  return error
}

/**
 * Above the stack of an error that nobody catches, Node prints the line that made the error. That line
 * is not of the user's program here, and should not look as if it were at fault.
 */
function withoutPlace(construct: () => Error): Error {
  const limit = Error.stackTraceLimit
  const setLimit = (value: number): void => {
    safe.attempt(() => (Error.stackTraceLimit = value), 0) // Error may be frozen.
  }
  setLimit(0)
  try {
    return construct()
  } finally {
    setLimit(limit)
  }
}

/** An error of the same class if it is a built-in one; else of a new class of the same name. */
function emptyError({ base, className, properties }: SerializedErrorObject): Error {
  const text = (name: string): string => {
    const found = properties.find(([key]) => key === name)?.[2]
    return found?.kind === 'value' && typeof found.value === 'string' ? found.value : ''
  }
  const builtIn = BUILT_IN.find(({ name }) => name === base)
  const error = withoutPlace(() => builtIn?.construct(text('message'), text('name')) ?? new Error())
  // Deleted first: defining another stack would format this one.
  delete error.stack
  if (className === base || className === '') return error
  const named = { [className]: class extends Error {} }[className]
  const prototype = safe.create(safe.getPrototypeOf(error)) as object
  safe.define(prototype, 'constructor', named, false)
  return safe.setPrototypeOf(error, prototype) as Error
}
