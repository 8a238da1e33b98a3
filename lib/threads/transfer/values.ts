/** Serializes thrown values other than errors. Follows the rules of primordials.ts. */
import * as safe from './primordials'

export type SerializedValue = {
  /** The text of the object's `[util.inspect.custom]()`, which a clone lacks. */
  readonly shown: string | undefined
} & (
  | { readonly kind: 'value'; readonly value: unknown }
  /** In the format of v8.serialize(), which keeps Buffers. */
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
)

export interface SerializedSymbol {
  readonly kind: 'symbol'
  readonly from: 'Symbol' | 'Symbol.for' | 'description'
  /** Its name in `Symbol`, its key in the registry, or its description. */
  readonly text: string | undefined
}

/** The text for a value that inspect() cannot show. */
export const NOT_SHOWN = '[a value that cannot be shown]'

/** How many levels of objects are cloned. */
const MAX_LEVELS = 200

const INSPECT: symbol = safe.inspect.custom

const { Symbol } = globalThis

/** @returns the name of `Symbol.iterator` or another symbol that all realms share. */
function wellKnownName(symbol: symbol): string | undefined {
  const name = safe.find(safe.ownKeys(Symbol), (key) => {
    const property = safe.getOwnPropertyDescriptor(Symbol, key)
    return property?.value === symbol && property.configurable === false
  })
  return typeof name === 'string' ? name : undefined
}

export function serializeSymbol(symbol: symbol): SerializedSymbol {
  const key = safe.keyFor(symbol)
  if (key !== undefined) return { kind: 'symbol', from: 'Symbol.for', text: key }
  const wellKnown = wellKnownName(symbol)
  if (wellKnown !== undefined) return { kind: 'symbol', from: 'Symbol', text: wellKnown }
  return { kind: 'symbol', from: 'description', text: safe.symbolDescription(symbol) }
}

/**
 * The structured clone accepts more kinds of objects than v8's serializer, but turns Buffers into
 * Uint8Arrays. So the serializer is used for objects with Buffers, and if the clone fails.
 */
export function serializeValue(value: object): SerializedValue {
  return (
    safe.attempt(() => cloneValue(value), undefined) ?? {
      kind: 'value',
      value: show(value),
      shown: undefined,
    }
  )
}

/** @returns undefined if there is no clone that the parent can receive. */
function cloneValue(value: object): SerializedValue | undefined {
  const shown = showCustom(value)
  const written = safe.attempt(() => writeValue(value), undefined)
  const clone =
    written?.hasBuffers === true
      ? safe.FAILED
      : safe.attempt((): unknown => safe.structuredClone(value), safe.FAILED)
  if (clone !== safe.FAILED)
    return isDeep(clone) ? undefined : { kind: 'value', value: clone, shown }
  if (written === undefined) return undefined
  if (safe.attempt(() => isDeep(readValue(written.bytes)), false)) return undefined
  return { kind: 'bytes', bytes: written.bytes, shown }
}

/**
 * Whether a clone has too many levels. Receiving them would overflow the parent's stack, which may be
 * smaller than the thread's.
 */
function isDeep(clone: unknown, levels = MAX_LEVELS, seen = safe.safeMap<true>()): boolean {
  // In the order of the clone, which recurses into each object once.
  if (!safe.isObject(clone) || safe.isView(clone) || seen.get(clone) === true) return false
  if (levels === 0) return true
  seen.set(clone, true)
  let deep = false
  const visit = (value: unknown, key: unknown): void => {
    deep ||= isDeep(key, levels - 1, seen) || isDeep(value, levels - 1, seen)
  }
  if (safe.isMap(clone)) safe.mapForEach(clone, visit)
  else if (safe.isSet(clone)) safe.setForEach(clone, visit)
  else
    safe.find(
      safe.ownKeys(clone),
      (key) => isDeep(safe.get(clone, key), levels - 1, seen) && (deep = true),
    )
  return deep
}

function writeValue(value: object): { bytes: Uint8Array; hasBuffers: boolean } {
  const v8 = safe.getBuiltinModule('node:v8')
  // Bun's serializer does not call _writeHostObject.
  if (safe.isBuffer(value)) return { bytes: v8.serialize(value), hasBuffers: true }
  const serializer = new v8.DefaultSerializer()
  const writeView: unknown = safe.get(serializer, '_writeHostObject')
  let hasBuffers = false
  safe.define(
    serializer,
    '_writeHostObject',
    (view: unknown) => {
      hasBuffers ||= safe.isBuffer(view)
      return safe.apply(writeView as () => unknown, serializer, [view]) as unknown
    },
    false,
  )
  serializer.writeHeader()
  serializer.writeValue(value)
  return { bytes: serializer.releaseBuffer(), hasBuffers }
}

function readValue(bytes: Uint8Array): unknown {
  return safe.getBuiltinModule('node:v8').deserialize(bytes)
}

function showCustom(value: object): string | undefined {
  const isCustom = !safe.isBuffer(value) && safe.attempt(() => safe.has(value, INSPECT), false)
  return isCustom ? show(value) : undefined
}

function show(value: unknown): string {
  const text = safe.attempt((): unknown => safe.inspect(value), undefined)
  return typeof text === 'string' ? text : NOT_SHOWN
}

export function deserializeSymbol({ from, text }: SerializedSymbol): symbol {
  if (from === 'description' || text === undefined) return Symbol(text)
  if (from === 'Symbol.for') return Symbol.for(text)
  const wellKnown: unknown = safe.get(Symbol, text)
  return typeof wellKnown === 'symbol' ? wellKnown : Symbol(`Symbol.${text}`)
}

export function deserializeValue(serialized: SerializedValue): unknown {
  const value: unknown =
    serialized.kind === 'bytes'
      ? safe.attempt(() => readValue(serialized.bytes), NOT_SHOWN)
      : serialized.value
  const { shown } = serialized
  if (shown !== undefined && safe.isObject(value) && !(INSPECT in value)) {
    safe.define(value, INSPECT, () => shown, false)
  }
  return value
}
