import os = require('node:os')
import { MessageChannel } from 'node:worker_threads'
import { native, type LoopWatch } from '../binding/addon'
import { isInspected } from '../runtime/inspector'
import { sharedLoop } from './loop'
import { HAS_COUNTED_DOWN, otherThreadsExist } from './workers'

/**
 * Whether this blocked thread can never be released: its event loop is stopped, and no other thread
 * is left.
 *
 * A spawned thread counts as gone once it has counted down. Any other worker counts as gone at its
 * exit event, which cannot come while this thread is blocked.
 */
export function isDeadlocked(): boolean {
  return (
    !otherThreadsExist((worker) => worker[HAS_COUNTED_DOWN] === true) &&
    !othersMayCountDown() &&
    !watchThatKnowsPorts().hasOldPorts()
  )
}

/**
 * Whether anything except our promise waits can still run JavaScript, in this thread or another.
 * Requires: the waits do not keep the loop alive, and the loop is in its poll phase.
 */
export function loopMayAct(): boolean {
  return (
    sharedLoop.value?.isAlive() === true ||
    otherThreadsExist() ||
    othersMayCountDown() ||
    hasSignalListener() ||
    watchThatKnowsTimeOuts().mayAct()
  )
}

/** Whether a native thread, or a user at a debugger, may still count down. */
function othersMayCountDown(): boolean {
  return native.retained() > 0 || isInspected()
}

const SIGNALS = new Set<string | symbol>(Object.keys(os.constants.signals))

/** Whether a signal would call a listener. True if `process` throws. */
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

/** Node's own listeners for SIGWINCH. Each emits `resize` on one terminal. */
const TERMINALS = new Map<string, () => NodeJS.EventEmitter>([
  ['refreshStdoutOnSigWinch', () => process.stdout],
  ['refreshStderrOnSigWinch', () => process.stderr],
])

function onlyResizesTerminal(listener: (...args: never[]) => unknown): boolean {
  return TERMINALS.get(listener.name)?.().listenerCount('resize') === 0
}

let learnedPorts = false

/** Makes the watch of this thread's loop recognize MessagePorts. @returns the watch. */
function watchThatKnowsPorts(): LoopWatch {
  const loop = sharedLoop.value
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

/** In milliseconds. No other wait is likely to have this time-out. */
const UNUSUAL_TIME_OUT = 2_000_000_011

let timeOuts: 'unknown' | 'asked for' | 'known' = 'unknown'

/**
 * Also makes the watch distinguish time-outs of Atomics.waitAsync() from timers of V8's garbage
 * collector. This takes until the next call, because V8 adds its timers to the loop one turn late.
 * Until then, every timer may act.
 */
function watchThatKnowsTimeOuts(): LoopWatch {
  const loop = watchThatKnowsPorts()
  if (timeOuts === 'unknown') {
    timeOuts = 'asked for'
    const cell = new Int32Array(new SharedArrayBuffer(4))
    waitAsync(cell, 0, 0, UNUSUAL_TIME_OUT)
    // The wait ends; its timer stays.
    Atomics.notify(cell, 0)
  } else if (timeOuts === 'asked for' && loop.learnTimeOut(UNUSUAL_TIME_OUT)) {
    timeOuts = 'known'
  }
  return loop
}

/** ES2024: TypeScript's library for our target lacks it. */
const { waitAsync } = Atomics as unknown as {
  waitAsync: (view: Int32Array, index: number, value: number, milliseconds: number) => unknown
}
