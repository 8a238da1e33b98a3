/**
 * The part of error-transfer.ts that carries values other than errors. Written by the rules of
 * primordials.ts.
 */
import {
  apply,
  attempt,
  define,
  FAILED,
  find,
  get,
  getBuiltinModule,
  has,
  inspect,
  isBuffer,
  isObject,
  keyFor,
  ownKeys,
  structuredClone,
  symbolDescription,
} from './primordials'

export type SerializedValue = {
  /** The text of the object's own `[util.inspect.custom]()`, which no clone has. */
  readonly shown: string | undefined
} & (
  | { readonly kind: 'value'; readonly value: unknown }
  /** As v8.serialize() writes it, which keeps Buffers. */
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
)

export interface SerializedSymbol {
  readonly kind: 'symbol'
  readonly from: 'Symbol' | 'Symbol.for' | 'description'
  /** Its name in `Symbol`, its key in the registry, or its description. */
  readonly text: string | undefined
}

/** What stands for a value of which inspect() itself throws. */
export const NOT_SHOWN = '[a value that cannot be shown]'

const INSPECT: symbol = inspect.custom

/** `Symbol.iterator` and the like: each realm has the same ones. */
const WELL_KNOWN: readonly (readonly [string, symbol])[] = ownKeys(Symbol).flatMap((key) => {
  const value: unknown = get(Symbol, key)
  return typeof key === 'string' && typeof value === 'symbol' ? [[key, value] as const] : []
})

export function serializeSymbol(symbol: symbol): SerializedSymbol {
  const key = keyFor(symbol)
  if (key !== undefined) return { kind: 'symbol', from: 'Symbol.for', text: key }
  const wellKnown = find(WELL_KNOWN, (each) => each[1] === symbol)
  if (wellKnown !== undefined) return { kind: 'symbol', from: 'Symbol', text: wellKnown[0] }
  return { kind: 'symbol', from: 'description', text: symbolDescription(symbol) }
}

/**
 * The structured clone takes more kinds of objects than v8's serializer, and turns Buffers into
 * Uint8Arrays. So the serializer is for what has Buffers in it, and for a thread in which the clone
 * does not work any more.
 */
export function serializeValue(value: object): SerializedValue {
  const shown = showCustom(value)
  const written = attempt(() => writeValue(value), undefined)
  if (written?.hasBuffers === true) return { kind: 'bytes', bytes: written.bytes, shown }
  const clone = attempt((): unknown => structuredClone(value), FAILED)
  if (clone !== FAILED) return { kind: 'value', value: clone, shown }
  if (written !== undefined) return { kind: 'bytes', bytes: written.bytes, shown }
  return { kind: 'value', value: show(value), shown: undefined }
}

function writeValue(value: object): { bytes: Uint8Array; hasBuffers: boolean } {
  const v8 = getBuiltinModule('node:v8')
  // Bun has no serializer that could be asked.
  if (isBuffer(value)) return { bytes: v8.serialize(value), hasBuffers: true }
  const serializer = new v8.DefaultSerializer()
  const writeView: unknown = get(serializer, '_writeHostObject')
  let hasBuffers = false
  define(
    serializer,
    '_writeHostObject',
    (view: unknown) => {
      hasBuffers ||= isBuffer(view)
      return apply(writeView as () => unknown, serializer, [view]) as unknown
    },
    false,
  )
  serializer.writeHeader()
  serializer.writeValue(value)
  return { bytes: serializer.releaseBuffer(), hasBuffers }
}

function showCustom(value: object): string | undefined {
  const isCustom = !isBuffer(value) && attempt(() => has(value, INSPECT), false)
  return isCustom ? show(value) : undefined
}

function show(value: unknown): string {
  const text = attempt((): unknown => inspect(value), undefined)
  return typeof text === 'string' ? text : NOT_SHOWN
}

export function deserializeSymbol({ from, text }: SerializedSymbol): symbol {
  if (from === 'description' || text === undefined) return Symbol(text)
  if (from === 'Symbol.for') return Symbol.for(text)
  return WELL_KNOWN.find(([name]) => name === text)?.[1] ?? Symbol(`Symbol.${text}`)
}

export function deserializeValue(serialized: SerializedValue): unknown {
  const value: unknown =
    serialized.kind === 'bytes'
      ? getBuiltinModule('node:v8').deserialize(serialized.bytes)
      : serialized.value
  const { shown } = serialized
  if (shown !== undefined && isObject(value) && !(INSPECT in value)) {
    define(value, INSPECT, () => shown, false)
  }
  return value
}
