import { createHash, hash } from 'node:crypto'
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'

// The file may have been replaced since it was found: a symbolic link is not to be followed, and a
// FIFO not to be waited for. (Windows has neither flag.)
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

// Larger than most files, and small enough to stay in a core's cache.
const chunk = Buffer.allocUnsafeSlow(256 * 1024)

/**
 * Reads on to the end of the chunk or of the file, whatever size fstat reports: files grow, and
 * those of /proc have none.
 *
 * @param {number} fd
 * @returns {Buffer} what was read; shorter than the chunk only at the end of the file
 */
function readChunk(fd) {
  let length = 0
  while (length < chunk.length) {
    const bytes = readSync(fd, chunk, length, chunk.length - length, null)
    if (bytes === 0) break
    length += bytes
  }
  return chunk.subarray(0, length)
}

/**
 * @param {Buffer} path
 * @returns {Buffer | undefined} the SHA-256; undefined if it is no regular file (any more)
 * @throws the error of the system call that failed
 */
export function hashFile(path) {
  const fd = openSync(path, FLAGS)
  try {
    if (!fstatSync(fd).isFile()) return undefined
    let data = readChunk(fd)
    // Without a Hash object, which costs a small file a tenth to a fifth of its time.
    if (data.length < chunk.length) return hash('sha256', data, 'buffer')
    const sha256 = createHash('sha256')
    for (; data.length > 0; data = readChunk(fd)) sha256.update(data)
    return sha256.digest()
  } finally {
    closeSync(fd)
  }
}
