import { isMainThread } from 'node:worker_threads'
import type { Shared } from './shared'

/**
 * The internals that this file leans on: a stream's vectored write, how it hears that the parent has
 * what it sent, and the flag for "no loop any more".
 */
interface WorkerStream {
  _writev?: (chunks: unknown[], callback: (error?: Error | null) => void) => void
  [acknowledge: symbol]: () => void
}
const ACKNOWLEDGE = 'kStdioWantsMoreDataCallback'
const flags = process as unknown as { _exiting?: boolean }

/**
 * Lets a worker that has printed end under a blocked parent.
 *
 * A worker's stdout and stderr send their chunks to the parent and hold the worker's loop until the
 * parent's loop has acknowledged them, which a blocked parent never does. A worker that is exiting
 * (`process._exiting`) sends without waiting; so each write claims to be one. The chunks are in the
 * parent's queue all the same, and it prints them when its loop runs. What is lost is back-pressure:
 * `write` never says that the parent is behind.
 *
 * Once per thread, as `shared` of {@link Native} remembers. Does nothing where streams are made otherwise; test/thread-output.test.ts says on which lines of
 * Node it works.
 */
export function detachStdio(shared: Pick<Shared, 'isStdioDetached'>): void {
  if (isMainThread || shared.isStdioDetached === true) return
  shared.isStdioDetached = true
  for (const stream of [process.stdout, process.stderr] as unknown as WorkerStream[]) detach(stream)
}

function detach(stream: WorkerStream): void {
  const writev = stream._writev
  if (typeof writev !== 'function') return
  stream._writev = function (chunks, callback) {
    const exiting = flags._exiting
    let failed: Error | null | undefined
    flags._exiting = true
    try {
      writev.call(this, chunks, (error) => {
        failed = error
      })
    } finally {
      if (exiting === undefined) delete flags._exiting
      else flags._exiting = exiting
    }
    // At once, and not by nextTick, which drops what it is given while the process is exiting.
    callback(failed)
  }
  // What was sent before, by a worker that only now makes its first guard, is not waited for either.
  const acknowledge = Object.getOwnPropertySymbols(Object.getPrototypeOf(stream)).find(
    ({ description }) => description === ACKNOWLEDGE,
  )
  if (acknowledge !== undefined) stream[acknowledge]?.()
}
