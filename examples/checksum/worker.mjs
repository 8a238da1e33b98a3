// A worker thread: hashes files until none is left. spawn() counts it down however it ends. If it
// crashes, the other workers take the remaining files.
import { workerData } from 'node:worker_threads'
import { errnoOf } from './console.mjs'
import { hashFile } from './hash-file.mjs'
import { finishFile, Status, takeFile } from './job.mjs'

/** @type {{ job: import('./job.mjs').Job, worker: number }} */
const { job, worker } = workerData

/** @param {Buffer} path */
function resultOf(path) {
  try {
    return hashFile(path) ?? Status.NotRegular
  } catch (error) {
    return errnoOf(error)
  }
}

for (let file = takeFile(job, worker); file !== undefined; file = takeFile(job, worker)) {
  finishFile(job, file.index, resultOf(file.path))
}
