// Synchronous standard output and standard error: a write has happened when it returns.
import { writeSync } from 'node:fs'
import { getSystemErrorMap, inspect } from 'node:util'

export const STDOUT = 1
export const STDERR = 2

const never = new Int32Array(new SharedArrayBuffer(4))

/** @param {unknown} error */
function codeOf(error) {
  return error instanceof Error && 'code' in error ? error.code : undefined
}

/** Standard output cannot be written, for example on a full disk. The message says why. */
export class OutputError extends Error {}

/**
 * @param {number} fd
 * @param {string | Uint8Array} data
 * @returns {boolean} false if the reader has closed the pipe, as in `checksum | head`
 * @throws OutputError
 */
export function write(fd, data) {
  let rest = typeof data === 'string' ? Buffer.from(data) : data
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(fd, rest))
    } catch (error) {
      const code = codeOf(error)
      // The pipe is full and non-blocking: try again later.
      if (code === 'EAGAIN') Atomics.wait(never, 0, 0, 2)
      // Errors of standard error cannot be reported.
      else if (code === 'EPIPE' || fd === STDERR) return false
      else throw new OutputError(`standard output: ${reasonOf(error)}`)
    }
  }
  return true
}

/**
 * @param {number} errno negative, as in Node's errors
 * @returns {string} the system's text
 */
export function systemText(errno) {
  const text = getSystemErrorMap().get(errno)?.[1] ?? `error ${errno}`
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/**
 * @param {unknown} error of a system call
 * @returns {number} negative
 * @throws any other error
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
 * Prints a problem with a file to standard error. Escapes its name if it would break the line.
 *
 * @param {Buffer} path
 * @param {string} reason
 */
export function complain(path, reason) {
  const name = path.toString()
  const shown = /\p{C}/u.test(name) ? inspect(name, { breakLength: Infinity }) : name
  write(STDERR, `checksum: ${shown}: ${reason}\n`)
}
