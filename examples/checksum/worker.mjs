import { errnoOf } from './console.mjs'
import { hashFile } from './hash-file.mjs'
import { finishFile, Status, takeFile } from './job.mjs'

/** @param {Buffer} path */
function resultOf(path) {
  try {
    return hashFile(path) ?? Status.NotRegular
  } catch (error) {
    return errnoOf(error)
  }
}

/**
 * What each worker thread runs: hashes files until none is left. If it crashes, the other workers take
 * the remaining files.
 *
 * @param {import('./job.mjs').Job} job
 * @param {number} worker its number, from 1
 */
export default function hashFiles(job, worker) {
  for (let file = takeFile(job, worker); file !== undefined; file = takeFile(job, worker)) {
    finishFile(job, file.index, resultOf(file.path))
  }
}
