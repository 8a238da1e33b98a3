import type { Worker } from 'node:worker_threads'
import { native, type LoopWatch } from './native'
import type { PendingWaits } from './pending-waits'

/**
 * What all evaluations of this package's JavaScript in one thread share. Jest, vitest and servers
 * that reload evaluate a module many times, some of them in a realm of its own; the addon is loaded
 * once per thread, and this object hangs from it.
 */
export interface Shared {
  /** Called at each poll of a blocked wait, about every 20 ms. Must not throw. */
  readonly pollHooks: Set<() => void>
  /** The promise waits of this thread, once there was one. */
  pendingWaits?: PendingWaits
  /**
   * Where deadlocks are reported: the Workers that this thread has started and that may be alive.
   * Node holds those that are. One that has ended would hold the evaluation that it belongs to.
   */
  workers?: Set<WeakRef<StartedWorker>>
  /** Where deadlocks are reported. */
  loop?: LoopWatch
  /** In a worker: its stdout and stderr let it end under a blocked parent. */
  isStdioDetached?: boolean
}

export interface StartedWorker extends Worker {
  readonly [hasCountedDown: symbol]: unknown
}

export const shared: Shared = Object.assign(native.shared as Partial<Shared>, {
  pollHooks: (native.shared as Partial<Shared>).pollHooks ?? new Set<() => void>(),
})
