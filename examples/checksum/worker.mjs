// One thread of the pool: takes paths from shared memory until none is left. It prints nothing,
// since output goes through the main thread, which is blocked.
import { workerData } from 'node:worker_threads'
import { WaitGroup } from 'futex-waitgroup'
import { errnoOf } from './console.mjs'
import { hashFile } from './hash-file.mjs'
import { finishFile, Status, takeFile } from './job.mjs'

/** @type {import('./job.mjs').Job} */
const job = workerData
const wg = WaitGroup.from(job.wg)

/** @param {Buffer} path */
function resultOf(path) {
  try {
    return hashFile(path) ?? Status.NotRegular
  } catch (error) {
    return errnoOf(error)
  }
}

try {
  for (let file = takeFile(job); file !== undefined; file = takeFile(job)) {
    finishFile(job, file.index, resultOf(file.path))
  }
} finally {
  wg.done()
}
