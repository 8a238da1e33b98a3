import { subscribe } from 'node:diagnostics_channel'
import type { Worker } from 'node:worker_threads'
import { Shared } from '../binding/shared'

type StartedWorker = Worker & { readonly [hasCountedDown: symbol]: unknown }

/**
 * The property of a Worker that tells whether the thread has counted down, even before its exit
 * event. All copies and versions of this package use this symbol.
 */
export const HAS_COUNTED_DOWN = Symbol.for('futex-waitgroup.hasCountedDown')

/**
 * The Workers that this thread has started and that may be running. Undefined where deadlocks are
 * not reported. The references are weak: Node keeps a running Worker alive, and an ended one must
 * not keep its evaluation of this package alive.
 */
export const sharedWorkers = new Shared<Set<WeakRef<StartedWorker>>>('workers')

/** The size at which Workers that have ended are removed from the set. */
let pruneFrom = 16

/** Records every Worker that this thread starts from now on, including subclasses and loader hooks. */
export function recordWorkers(): void {
  const workers = new Set<WeakRef<StartedWorker>>()
  sharedWorkers.value = workers
  // Published at the end of a `new Worker` that does not throw.
  subscribe('worker_threads', (message) => {
    workers.add(new WeakRef((message as { worker: StartedWorker }).worker))
    if (workers.size < pruneFrom) return
    otherThreadsExist() // removes those that have ended
    pruneFrom = Math.max(16, 2 * workers.size)
  })
}

/**
 * Whether a Worker that this thread has started may still run.
 *
 * @param isGone - Tells whether a Worker is gone although its exit event has not come.
 */
export function otherThreadsExist(
  isGone: (worker: StartedWorker) => boolean = () => false,
): boolean {
  let found = false
  for (const started of sharedWorkers.value ?? []) {
    const worker = started.deref()
    // Node sets -1 when the worker has ended, right before the exit event.
    if (worker === undefined || worker.threadId === -1) sharedWorkers.value?.delete(started)
    else if (!found) found = !isGone(worker)
  }
  return found
}
