// Standard output and standard error, synchronously: what is written is out, also into a pipe.
import { writeSync } from 'node:fs'
import { getSystemErrorMap, inspect } from 'node:util'

export const STDOUT = 1
export const STDERR = 2

const never = new Int32Array(new SharedArrayBuffer(4))

/** @param {unknown} error */
function codeOf(error) {
  return error instanceof Error && 'code' in error ? error.code : undefined
}

/** Standard output cannot be written, on a full disk for example; the message says why. */
export class OutputError extends Error {}

/**
 * @param {number} fd
 * @param {string | Uint8Array} data
 * @returns {boolean} false if nobody reads it any more, as of `checksum | head`
 * @throws OutputError
 */
export function write(fd, data) {
  let rest = typeof data === 'string' ? Buffer.from(data) : data
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(fd, rest))
    } catch (error) {
      const code = codeOf(error)
      // A full pipe that somebody has made non-blocking. Nothing says when there is room again.
      if (code === 'EAGAIN') Atomics.wait(never, 0, 0, 2)
      // Of standard error there is nowhere left to complain.
      else if (code === 'EPIPE' || fd === STDERR) return false
      else throw new OutputError(`standard output: ${reasonOf(error)}`)
    }
  }
  return true
}

/**
 * @param {number} errno as Node has it: negative
 * @returns {string} the system's text for it
 */
export function systemText(errno) {
  const text = getSystemErrorMap().get(errno)?.[1] ?? `error ${errno}`
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/**
 * @param {unknown} error of a system call
 * @returns {number} negative
 * @throws the error itself if it is any other
 */
export function errnoOf(error) {
  if (error instanceof Error && 'errno' in error && typeof error.errno === 'number') {
    return error.errno
  }
  throw error
}

/** @param {unknown} error of a system call */
export function reasonOf(error) {
  return systemText(errnoOf(error))
}

/**
 * Says on standard error what is wrong with a file, in one line whatever the file is called.
 *
 * @param {Buffer} path
 * @param {string} reason
 */
export function complain(path, reason) {
  const name = path.toString()
  const shown = /\p{C}/u.test(name) ? inspect(name, { breakLength: Infinity }) : name
  write(STDERR, `checksum: ${shown}: ${reason}\n`)
}
