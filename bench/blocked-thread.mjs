/** A thread that blocks for ever in the group of its side. */
import { workerData } from 'node:worker_threads'
import { blocking } from './sides.mjs'

/** @type {{ side: import('./sides.mjs').Blocking, buffer: SharedArrayBuffer, byteOffset: number }} */
const { side, buffer, byteOffset } = workerData
new blocking[side](buffer, byteOffset).wait()
