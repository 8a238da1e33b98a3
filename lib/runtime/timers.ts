import { performance } from 'node:perf_hooks'
import timers = require('node:timers')

/** Node's timers and clock, saved when this module is loaded: test runners replace them later. */
export const { clearTimeout, setImmediate, setTimeout } = timers

/** In milliseconds, monotonic. */
export const now = performance.now.bind(performance)
