/**
 * Runs in every spawned thread before the user's script is read, so that a script that does not
 * parse, does not exist or fails to import still counts down.
 */
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads'
import { CELL_BYTES, PHASE, PHASE_RELEASED, PHASE_STARTING, viewOf } from './layout'
import { breakCauseCycle, serializeError } from './error-transfer'
import type { Report } from './thread-report'
import { START_KEY, type Restore, type ThreadStart } from './thread-start'

// A worker that was started by a spawned thread inherits the preload, but finds nothing here.
const start = getEnvironmentData(START_KEY) as unknown as ThreadStart | undefined
if (start === undefined) {
  // It inherits the flags that named it, too, where those were given as such.
  const named = process.execArgv.indexOf(__filename)
  if (named > 0) process.execArgv.splice(named - 1, 2)
} else {
  setEnvironmentData(START_KEY, undefined)
  prepare(start)
}

function prepare({ group, byteOffset, cell: cellBuffer, port, restore }: ThreadStart): void {
  putBack(restore)
  const view = viewOf(group, byteOffset)
  const cell = viewOf(cellBuffer, 0, CELL_BYTES)
  const post = (report: Report): void => {
    port.postMessage(report)
  }
  reportTo(post)
  let native: typeof import('./native').native
  try {
    ;({ native } = module.require('./native') as typeof import('./native'))
  } catch (error) {
    // The addon is not to be had here (--no-addons): then the thread cannot be guarded, and does not
    // run. It dies of this error, and has counted down by then.
    post({ type: 'error', error: serializeError(error), sure: true })
    releaseByAtomics(view, cell)
    throw error
  }
  const guard = native.guardThread(view, cell)
  if (guard < 0) process.exit(1) // terminated while it was starting: the parent has counted down
  ;(module.require('./stdio') as typeof import('./stdio')).detachStdio()
}

/** The script finds its options as if the preload had never been named. */
function putBack(restore: Restore): void {
  if (restore === undefined) return
  if ('execArgv' in restore) {
    process.execArgv = [...restore.execArgv]
  } else if (restore.nodeOptions === undefined) {
    delete process.env['NODE_OPTIONS']
  } else {
    process.env['NODE_OPTIONS'] = restore.nodeOptions
  }
}

function reportTo(post: (report: Report) => void): void {
  process.on('uncaughtExceptionMonitor', (error: unknown) => {
    const captured = process.hasUncaughtExceptionCaptureCallback()
    const sure = process.listenerCount('uncaughtException') === 0 && !captured
    post({ type: 'error', error: serializeError(error), sure })
    if (sure) {
      breakCauseCycle(error)
      return
    }
    // Still alive a turn later: a handler has swallowed it.
    setImmediate(post, { type: 'recovered' }).unref()
    if (!captured) reportThrowingHandler(post)
  })
  process.on('exit', (code: number) => {
    post({ type: 'exit', code })
  })
}

/** A handler that throws kills the thread after all, by what it throws: look at its one call. */
function reportThrowingHandler(post: (report: Report) => void): void {
  const own = Object.getOwnPropertyDescriptor(process, 'emit')
  const emit = process.emit.bind(process) as (event: string, ...args: unknown[]) => boolean
  process.emit = ((event: string, ...args: unknown[]) => {
    if (event !== 'uncaughtException') return emit(event, ...args)
    if (own === undefined) delete (process as { emit?: unknown }).emit
    else Object.defineProperty(process, 'emit', own)
    try {
      return emit(event, ...args)
    } catch (error) {
      post({ type: 'error', error: serializeError(error), sure: true })
      breakCauseCycle(error)
      throw error
    }
  }) as typeof process.emit
}

/** Counts down without C++. Who is blocked sees the permits at the end of its slice. */
function releaseByAtomics(view: Int32Array, cell: Int32Array): void {
  const phase = Atomics.compareExchange(cell, PHASE, PHASE_STARTING, PHASE_RELEASED)
  if (phase !== PHASE_STARTING) return
  doneByAtomics(view)
  doneByAtomics(viewOf(cell.buffer as SharedArrayBuffer))
}

/** WaitGroup::Add(-1) of native/core/wait_group.cc, less the wake. Panics are nobody's to see here. */
function doneByAtomics(view: Int32Array): void {
  const words = new BigInt64Array(view.buffer, view.byteOffset, 2)
  const state = Atomics.sub(words, 0, 1n << 32n) - (1n << 32n)
  const waiters = state & 0xffffffffn
  if (state !== waiters || waiters === 0n) return
  if (Atomics.compareExchange(words, 0, state, 0n) === state) Atomics.add(words, 1, waiters)
}
