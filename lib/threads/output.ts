import { isMainThread } from 'node:worker_threads'

/**
 * Node's internals that this file depends on: a stream's vectored write, its callback for the
 * parent's acknowledgement, and the flag of an exiting process.
 */
interface WorkerStream {
  _writev?: (chunks: unknown[], callback: (error?: Error | null) => void) => void
  [acknowledge: symbol]: () => void
}
const ACKNOWLEDGE = 'kStdioWantsMoreDataCallback'
const process_ = process as unknown as { _exiting?: boolean }

/**
 * Lets a worker that has printed end while its parent is blocked. Runs once per thread.
 *
 * A worker's stdout and stderr send their chunks to the parent. They keep the worker's loop alive
 * until the parent's loop acknowledges the chunks, which a blocked parent cannot do. An exiting
 * worker (`process._exiting`) sends without waiting, so each write sets that flag. The parent
 * prints the chunks when its loop runs. The worker loses back-pressure: `write` never reports that
 * the parent is behind.
 *
 * Does nothing if Node's streams are built differently. test/thread-output.test.ts fails on a
 * version of Node where this does not work.
 */
export function disableStdioBackpressure(
  shared: { isBackpressureDisabled?: boolean },
  visit = visitNow,
): void {
  if (isMainThread || shared.isBackpressureDisabled === true) return
  shared.isBackpressureDisabled = true
  visit('stdout', patch)
  visit('stderr', patch)
}

/** In a worker that creates its first guard: it may have printed. */
function visitNow(name: 'stdout' | 'stderr', visitor: (stream: unknown) => void): void {
  visitor(process[name])
  acknowledge(process[name] as unknown as WorkerStream)
}

function patch(it: unknown): void {
  const stream = it as WorkerStream
  const writev = stream._writev
  if (typeof writev !== 'function') return
  stream._writev = function (chunks, callback) {
    const exiting = process_._exiting
    let failed: Error | null | undefined
    process_._exiting = true
    try {
      writev.call(this, chunks, (error) => {
        failed = error
      })
    } finally {
      if (exiting === undefined) delete process_._exiting
      else process_._exiting = exiting
    }
    // Not by nextTick, which drops its callbacks while the process is exiting.
    callback(failed)
  }
}

/** Acknowledges the chunks of earlier writes. */
function acknowledge(stream: WorkerStream): void {
  const key = Object.getOwnPropertySymbols(Object.getPrototypeOf(stream)).find(
    ({ description }) => description === ACKNOWLEDGE,
  )
  if (key !== undefined) stream[key]?.()
}
