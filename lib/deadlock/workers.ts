import { subscribe } from 'node:diagnostics_channel'
import { shared, type StartedWorker } from '../shared'

/**
 * On a Worker: whether it can count down no more, although its exit event has not come. The same
 * symbol for all copies and versions of this package.
 */
export const HAS_COUNTED_DOWN = Symbol.for('futex-waitgroup.hasCountedDown')

/** The size from which on the set is worth a look for Workers that have ended. */
let pruneFrom = 16

/** Records every Worker that this thread starts from now on: subclasses and module hooks too. */
export function recordWorkers(): void {
  const workers = new Set<WeakRef<StartedWorker>>()
  shared.workers = workers
  // Published at the end of a `new Worker` that did not throw.
  subscribe('worker_threads', (message) => {
    workers.add(new WeakRef((message as { worker: StartedWorker }).worker))
    if (workers.size < pruneFrom) return
    hasRunningWorker(() => true)
    pruneFrom = Math.max(16, 2 * workers.size)
  })
}

/**
 * Whether a Worker that this thread has started may still run.
 *
 * @param gone - Which ones cannot, although their exit event has not come.
 */
export function hasRunningWorker(gone: (worker: StartedWorker) => boolean): boolean {
  let found = false
  for (const started of shared.workers ?? []) {
    const worker = started.deref()
    // Node sets -1 when the worker has ended, right before the exit event.
    if (worker === undefined || worker.threadId === -1) shared.workers?.delete(started)
    else if (!found) found = !gone(worker)
  }
  return found
}
