import { parentPort, workerData } from 'node:worker_threads'

/** @param {unknown} value */
export default (value) => value

// As the script of a Worker.
if (workerData !== null) parentPort?.postMessage(workerData)
