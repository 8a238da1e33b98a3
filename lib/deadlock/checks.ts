import os = require('node:os')
import { MessageChannel } from 'node:worker_threads'
import { native, type LoopWatch } from '../native'
import { shared } from '../shared'
import { HAS_COUNTED_DOWN, hasRunningWorker } from './workers'

/**
 * Whether this thread, which is blocked, is the only one left: its own event loop cannot act.
 *
 * A spawned thread is gone once it has counted down. Any other worker is gone only with its exit
 * event, which does not come while we are blocked.
 */
export function isStuck(): boolean {
  return (
    !hasRunningWorker((worker) => worker[HAS_COUNTED_DOWN] === true) &&
    !isHeldOutside() &&
    !knowingPorts().hasOldPorts()
  )
}

/**
 * Whether anything but our promise waits can still run JavaScript in this thread, or act in another
 * one. Requires: they do not keep the loop alive, and this is called in its poll phase.
 */
export function loopMayAct(): boolean {
  return (
    shared.loop?.isAlive() === true ||
    hasRunningWorker(() => false) ||
    isHeldOutside() ||
    hasSignalListener() ||
    knowingTimeOuts().mayAct()
  )
}

/** Whether other than JavaScript may call done(): a native thread, or a user at a debugger. */
function isHeldOutside(): boolean {
  if (native.retained() > 0) return true
  try {
    return process.getBuiltinModule('node:inspector').url() !== undefined
  } catch {
    return false // built without an inspector
  }
}

const SIGNALS = new Set<string | symbol>(Object.keys(os.constants.signals))

/** Whether a signal would call a listener. True where `process` cannot tell. */
function hasSignalListener(): boolean {
  try {
    return process.eventNames().some((name) => {
      if (!SIGNALS.has(name)) return false
      return name !== 'SIGWINCH' || !process.listeners(name).every(onlyResizesTerminal)
    })
  } catch {
    return true
  }
}

/** Node's own listeners to SIGWINCH, one for each terminal, which emit `resize` there. */
const TERMINALS = new Map<string, () => NodeJS.EventEmitter>([
  ['refreshStdoutOnSigWinch', () => process.stdout],
  ['refreshStderrOnSigWinch', () => process.stderr],
])

function onlyResizesTerminal(listener: (...args: never[]) => unknown): boolean {
  return TERMINALS.get(listener.name)?.().listenerCount('resize') === 0
}

let learnedPorts = false

/** The watch of this thread's loop, once it can tell a MessagePort from other handles. */
function knowingPorts(): LoopWatch {
  const { loop } = shared
  if (loop === undefined) throw new Error('deadlocks are not reported in this thread')
  if (!learnedPorts) {
    learnedPorts = true
    loop.mark()
    const { port1 } = new MessageChannel()
    loop.learnPorts()
    port1.close()
  }
  return loop
}

/** In milliseconds: one that nobody else has. */
const ODD_TIME_OUT = 2_000_000_011

let timeOuts: 'unknown' | 'asked for' | 'known' = 'unknown'

/**
 * The same, once it can also tell the time-outs of Atomics.waitAsync() from the timers of V8's
 * garbage collector. Until then all of them may act. V8's timers come onto the loop a turn late.
 */
function knowingTimeOuts(): LoopWatch {
  const loop = knowingPorts()
  if (timeOuts === 'unknown') {
    timeOuts = 'asked for'
    const cell = new Int32Array(new SharedArrayBuffer(4))
    waitAsync(cell, 0, 0, ODD_TIME_OUT)
    // It is over; its timer stays.
    Atomics.notify(cell, 0)
  } else if (timeOuts === 'asked for' && loop.learnTimeOut(ODD_TIME_OUT)) {
    timeOuts = 'known'
  }
  return loop
}

/** ES2024, which TypeScript's libraries for our target do not have. */
const { waitAsync } = Atomics as unknown as {
  waitAsync: (view: Int32Array, index: number, value: number, milliseconds: number) => unknown
}
