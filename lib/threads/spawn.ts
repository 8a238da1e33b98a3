import { MessageChannel, type WorkerOptions } from 'node:worker_threads'
import { native } from '../binding/addon'
import { RECORD_BYTES, viewOf } from '../binding/layout'
import { spawnUnavailable, throwIfPanic } from '../errors/errors'
import { validateOptions } from '../errors/validate'
import { isBun, isDeno } from '../runtime/host'
import { resolveBunScript, startWithPreload, whyNotStarted } from './start-options'
import { pollStart, stopPolling } from './starting'
import { createThread, type Thread } from './thread'
import { ThreadStatus } from './thread-status'

/**
 * Starts a thread that `group` counts: see {@link WaitGroup.spawn}.
 *
 * The owner of the count is the parent, then the thread, then nobody. The owner sets nobody, by a
 * compare-and-exchange, and counts down. So exactly one side does, however the thread ends:
 *
 *   T1 (the parent)                          T2 (the thread)
 *   a: adds the count, and owns it
 *   b: constructs the worker
 *                                            p: preload: owner parent -> thread
 *                                            q: the user's script
 *                                            r: end of its environment: owner thread -> nobody,
 *                                               counts down
 *   c: terminate(), the exit event, its own
 *      end, or a poll that finds T2 gone:
 *      owner parent -> nobody, counts down;
 *      does nothing if the thread owns it
 *
 * p and c compare and exchange the same word, so one succeeds. If p does, r counts down: Node runs
 * the cleanup hooks of an environment that has run the preload. If c does, p stops the thread.
 */
export function spawn(
  group: Int32Array,
  script: string | URL,
  options: WorkerOptions = {},
): Thread {
  validateOptions(options)
  if (isDeno) throw spawnUnavailable('Deno')
  if (isBun) resolveBunScript(script, options)
  const record = viewOf(new SharedArrayBuffer(RECORD_BYTES), 0, RECORD_BYTES)
  const guard = throwIfPanic(native.ownForThread(group, record))
  const { port1, port2 } = new MessageChannel()
  const status = new ThreadStatus(record, port1, guard, whyNotStarted(options))
  pollStart(status)
  try {
    const start = {
      addon: native.path,
      group: group.buffer as SharedArrayBuffer,
      byteOffset: group.byteOffset,
      record: record.buffer as SharedArrayBuffer,
      port: port2,
    }
    return startWithPreload(options, start, (prepared) => createThread(script, prepared, status))
  } catch (error) {
    stopPolling(status)
    native.release(guard)
    port1.close()
    throw error
  }
}
