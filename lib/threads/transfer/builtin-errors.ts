/** The built-in classes of errors, which exist in the thread and in its parent. */
import * as safe from './primordials'

/** How many prototypes to follow at most. A proxy can have an endless chain of them. */
export const MAX_PROTOTYPES = 100

const OBJECT_PROTOTYPE = Object.prototype
const { DOMException } = globalThis

interface BuiltInClass {
  readonly name: string
  readonly prototype: object
  /** @returns an error without own properties, except for `stack`. */
  readonly construct: (message: string, name: string) => Error
}

export const BUILT_IN: readonly BuiltInClass[] = [
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

export function isBuiltIn(prototype: object): boolean {
  const known = safe.find(BUILT_IN, (each) => each.prototype === prototype)
  return known !== undefined || prototype === OBJECT_PROTOTYPE
}

/** @returns the name of the nearest built-in class of an error. */
export function builtInClass(error: Error): string {
  // An error of another realm has other classes with the same names.
  let byName: string | undefined
  let prototype = safe.attempt(() => safe.getPrototypeOf(error), null)
  for (let i = 0; i < MAX_PROTOTYPES && prototype !== null; i++) {
    const current: object = prototype
    const known = safe.find(BUILT_IN, (each) => each.prototype === current)
    if (known !== undefined) return known.name
    const name = safe.attempt((): unknown => current.constructor.name, undefined)
    byName ??= safe.find(BUILT_IN, (each) => each.name === name)?.name
    prototype = safe.attempt(() => safe.getPrototypeOf(current), null)
  }
  return byName ?? 'Error'
}
