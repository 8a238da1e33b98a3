import { errnoOf } from './console.mjs'
import { hashFile } from './hash-file.mjs'
import { finishFile, Status, takeFile } from './job.mjs'

/** @param {Buffer} path */
function resultOf(path) {
  try {
    return hashFile(path) ?? { digest: Status.NotRegular, bytes: 0 }
  } catch (error) {
    return { digest: errnoOf(error), bytes: 0 }
  }
}

/**
 * What each worker thread runs: hashes files until none is left. If it crashes, the other workers take
 * the remaining files.
 *
 * @param {import('./job.mjs').Job} job
 * @param {number} worker its number, from 1
 * @returns the bytes that this thread has hashed, and for how long it worked, in milliseconds
 */
export default function hashFiles(job, worker) {
  const start = performance.now()
  let total = 0
  for (let file = takeFile(job, worker); file !== undefined; file = takeFile(job, worker)) {
    const { digest, bytes } = resultOf(file.path)
    finishFile(job, file.index, digest)
    total += bytes
  }
  return { bytes: total, milliseconds: performance.now() - start }
}
