import { subscribe } from 'node:diagnostics_channel'
import inspector = require('node:inspector')
import os = require('node:os')
import v8 = require('node:v8')
import { isMainThread, Worker } from 'node:worker_threads'
import type { GroupState } from './errors'
import { COUNTER, WAITERS } from './layout'
import { native } from './native'
import { isPlainNode } from './runtime'

/**
 * Whether anybody is left who could bring a counter to zero. Asked by waits without a time-out, in
 * the main thread of plain Node only: it is the root of all threads, so that its own workers are
 * all that there is; a worker's parent can always act, and elsewhere who knows. Never when in doubt:
 * a report is an error where the program would hang for ever, and must never be one where it would
 * not.
 */
const detects = isMainThread && isPlainNode

/** Of a worker that may be known to be gone before its exit event: it has counted down for good. */
export const GONE = Symbol('gone')

interface Peer extends Worker {
  readonly [GONE]?: boolean
}

const live = new Set<Peer>()
/** Ended, and perhaps still in the heap, where a census counts them. */
let ended: WeakRef<Worker>[] = []
/** Prototypes of subclasses of Worker that are known before an instance is seen. */
const subclasses: unknown[] = []
const onChange = new Set<() => void>()

if (detects) {
  // Fires inside every `new Worker`: subclasses and the loader hooks' worker too.
  subscribe('worker_threads', (message) => {
    const { worker } = message as { worker: Worker }
    live.add(worker)
    worker.once('exit', () => {
      live.delete(worker)
      if (ended.length >= 64) ended = ended.filter((each) => each.deref() !== undefined)
      ended.push(new WeakRef(worker))
      notify()
    })
    notify()
  })
}

function notify(): void {
  for (const changed of onChange) changed()
}

/** Calls `changed` whenever {@link mayHavePeers} may have changed. */
export function watchPeers(changed: () => void): void {
  onChange.add(changed)
}

/** Lets the census know of a subclass before the first worker of it. */
export function knowSubclass(subclass: typeof Worker): void {
  subclasses.push(subclass.prototype)
}

/** Whether a promise wait has to keep the loop alive for somebody else's sake. */
export function mayHavePeers(): boolean {
  return !detects || live.size > 0
}

/**
 * All the Workers there are in the heap that are not known to have ended: those from before this
 * module was loaded, above all. 35 to 64 ms, and more in a large heap.
 */
function hasUnknownWorkers(): boolean {
  const known = new Set<Worker>(live)
  // Node's InternalWorker.prototype inherits from Worker.prototype and is counted as one; so is the
  // prototype of each subclass. One that we have never seen an instance of leaves a doubt.
  let prototypes = 1
  const seen = new Set<unknown>([Worker.prototype])
  const countAll = census()
  for (const each of ended) {
    const worker = each.deref()
    if (worker !== undefined) known.add(worker)
  }
  const firsts = [...known].map((worker): unknown => Object.getPrototypeOf(worker))
  for (let prototype of [...firsts, ...subclasses]) {
    while (prototype !== null && !seen.has(prototype)) {
      seen.add(prototype)
      prototypes++
      prototype = Object.getPrototypeOf(prototype)
    }
  }
  return countAll - prototypes > known.size
}

function nothing(): void {
  // on purpose
}

/** All Workers in the heap. It is experimental, which is nothing that a user would want to hear of. */
function census(): number {
  const own = Object.getOwnPropertyDescriptor(process, 'emitWarning')
  process.emitWarning = nothing
  try {
    return v8.queryObjects(Worker, { format: 'count' })
  } finally {
    if (own === undefined) delete (process as { emitWarning?: unknown }).emitWarning
    else Object.defineProperty(process, 'emitWarning', own)
  }
}

/** Set for good once a doubt cannot be removed: the census is too slow to be taken in vain. */
let doubtful = false

function certainlyAlone(): boolean {
  if (doubtful || inspector.url() !== undefined) return false
  doubtful = typeof v8.queryObjects !== 'function' || hasUnknownWorkers()
  return !doubtful
}

/** A wait this long, in slices of 20 ms, before it is worth the census. */
const SLICES = 10

/**
 * The checkpoint of one blocked wait without a time-out: true once this thread is the only one left.
 *
 * Our own event loop cannot act, since it is blocked. A spawned thread is gone once it has counted
 * down, which its own environment's last hook does; a plain Worker only with its exit event, which
 * does not come while we are blocked.
 */
export function nobodyLeft(): () => boolean {
  if (!detects) return () => false
  let slices = 0
  return () => {
    for (const worker of live) if (worker[GONE] !== true) return false
    return ++slices >= SLICES && certainlyAlone()
  }
}

const signals = new Set<string | symbol>(Object.keys(os.constants.signals))
// Node's own, for the size of a terminal.
signals.delete('SIGWINCH')

/** Something on this thread's loop that could still act, without keeping the loop alive. */
function loopMayAct(): boolean {
  if (process.eventNames().some((name) => signals.has(name))) return true
  const [alive, timers, others] = native.loopState()
  if (alive !== 0 || others > 0) return true
  if (timers === 0) return false
  // V8's own delayed tasks are timers too. All of JavaScript's share one: if a new one does not add
  // to the number, there was one before.
  const probe = setTimeout(nothing, 1).unref()
  const [, withProbe] = native.loopState()
  clearTimeout(probe)
  return withProbe === timers
}

/**
 * To be asked in `beforeExit`, when the loop is empty: whether pending promise waits can never end.
 * False where something could still act: then they have to keep the loop alive after all.
 */
export function loopIsDone(): boolean {
  return detects && live.size === 0 && !loopMayAct() && certainlyAlone()
}

/** The group under `view`, for the error that says so. */
export function stateOf(view: Int32Array): GroupState {
  return { count: Atomics.load(view, COUNTER), waiters: Atomics.load(view, WAITERS) >>> 0 }
}
