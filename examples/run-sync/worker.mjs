import { types } from 'node:util'
import { WaitGroup } from 'futex-waitgroup'

/**
 * Answers calls for as long as anybody can call.
 *
 * @param {string} url of the module
 * @param {import('node:worker_threads').MessagePort} port for calls and answers
 * @param {import('futex-waitgroup').SharedWaitGroup} shared is counted down when a call is answered
 */
export async function serve(url, port, shared) {
  const answers = WaitGroup.from(shared)
  const { default: call } = await import(url)
  if (typeof call !== 'function') throw new TypeError(`${url} exports no default function`)

  /** @param {unknown[]} args */
  async function answer(args) {
    // During a call only the function's own work keeps this thread alive. If the function awaits what
    // never comes, the thread ends, and so does the call.
    port.unref()
    try {
      port.postMessage({ value: await call(...args) })
    } catch (error) {
      // The function's, or a DataCloneError.
      port.postMessage(failure(error))
    }
    port.ref()
    answers.done()
  }

  port.on('message', (args) => void answer(args))
}

/**
 * A message that carries an error. The structured clone carries its class, message, stack and cause. It
 * refuses an error whose cause it refuses, and on Node 20 carries nothing of a DOMException.
 *
 * @param {unknown} error
 */
function failure(error) {
  if (!(error instanceof Error)) return { error }
  const properties = Object.fromEntries(Object.entries(error).filter(([, own]) => isCloneable(own)))
  if (types.isNativeError(error) && isCloneable(error)) return { error, properties }
  const { name, message, stack } = error
  return { error: new Error(message), properties: { ...properties, name, stack } }
}

/** @param {unknown} value */
function isCloneable(value) {
  try {
    structuredClone(value)
    return true
  } catch {
    return false
  }
}
