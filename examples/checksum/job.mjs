// The data that the threads share. The main thread is blocked while the workers run and receives no
// messages, so the results are in shared memory too.

export const DIGEST_BYTES = 32

/** The status of a file. A negative number is the errno of the system call that failed. */
export const Status = /** @type {const} */ ({ Untouched: 0, Hashed: 1, NotRegular: 2 })

/** Indexes in `Job.counters`: the next file to take, and the number of finished files. */
const NEXT = 0
const DONE = 1

/**
 * @typedef {object} Job
 * @property {Uint8Array} paths of all files, one after the other
 * @property {Uint32Array} ends the end of each path in `paths`
 * @property {Int32Array} takers the number of the worker that took each file, from 1; 0: not taken
 * @property {Int32Array} status one per file
 * @property {Uint8Array} digests `DIGEST_BYTES` per file, valid if the status is Hashed
 * @property {Int32Array} counters
 */

/** @param {number} bytes */
const shared = (bytes) => new SharedArrayBuffer(bytes)

/**
 * @param {Buffer[]} files
 * @returns {Job}
 */
export function createJob(files) {
  const count = files.length
  const paths = new Uint8Array(shared(files.reduce((sum, path) => sum + path.length, 0)))
  const ends = new Uint32Array(shared(count * Uint32Array.BYTES_PER_ELEMENT))
  let end = 0
  for (const [i, path] of files.entries()) {
    paths.set(path, end)
    end += path.length
    ends[i] = end
  }
  return {
    paths,
    ends,
    takers: new Int32Array(shared(count * Int32Array.BYTES_PER_ELEMENT)),
    status: new Int32Array(shared(count * Int32Array.BYTES_PER_ELEMENT)),
    digests: new Uint8Array(shared(count * DIGEST_BYTES)),
    counters: new Int32Array(shared(2 * Int32Array.BYTES_PER_ELEMENT)),
  }
}

/**
 * Takes the next file for the calling thread.
 *
 * @param {Job} job
 * @param {number} worker its number, from 1
 * @returns {{ index: number, path: Buffer } | undefined} undefined if all are taken
 */
export function takeFile({ counters, ends, paths, takers }, worker) {
  const index = Atomics.add(counters, NEXT, 1)
  if (index >= ends.length) return undefined
  takers[index] = worker
  const start = index === 0 ? 0 : ends[index - 1]
  return { index, path: Buffer.from(paths.subarray(start, ends[index])) }
}

/**
 * @param {Job} job
 * @param {number} index
 * @param {Uint8Array | number} result the digest, or a status
 */
export function finishFile({ counters, digests, status }, index, result) {
  // Plain writes: they are visible after wg.wait(), since the thread has ended then.
  if (typeof result === 'number') {
    status[index] = result
  } else {
    digests.set(result, index * DIGEST_BYTES)
    status[index] = Status.Hashed
  }
  Atomics.add(counters, DONE, 1)
}

/** @param {Job} job */
export function filesDone({ counters }) {
  return Atomics.load(counters, DONE)
}
