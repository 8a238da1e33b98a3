import type { Writable } from 'node:stream'
import type { StreamName } from './output/messages'

/** Saved before the script can replace them. */
const { apply, defineProperty, getOwnPropertyDescriptor } = Reflect

/**
 * Calls `prepare` with `process.stdout` or `process.stderr` when it is first read. Node creates the
 * stream then, which is a good part of what a start costs, and most threads do not print.
 *
 * `prepare` runs after the script may have patched or deleted anything.
 */
export function onFirstRead(name: StreamName, prepare: (stream: Writable) => void): void {
  const property = getOwnPropertyDescriptor(process, name)
  const get = property?.get
  if (get === undefined) {
    prepare(process[name])
    return
  }
  let wasRead = false
  const getAndPrepare = (): unknown => {
    const stream = apply(get, process, []) as Writable
    if (!wasRead) {
      wasRead = true
      prepare(stream)
    }
    return stream
  }
  defineProperty(process, name, { ...property, get: getAndPrepare })
}
