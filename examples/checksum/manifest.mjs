import { complain, STDOUT, systemText, write } from './console.mjs'
import { DIGEST_BYTES, Status } from './job.mjs'

const FLUSH_AT = 64 * 1024

const ESCAPES = new Map([
  ['\\', '\\\\'],
  ['\n', '\\n'],
  ['\r', '\\r'],
])

/**
 * One line of sha256sum's. It escapes what would break a line, and says so at the line's beginning.
 *
 * @param {string} digest in hexadecimal
 * @param {string} name one character per byte
 */
export function manifestLine(digest, name) {
  const escaped = name.replace(/[\\\n\r]/g, (char) => ESCAPES.get(char) ?? char)
  return `${escaped === name ? '' : '\\'}${digest}  ${escaped}\n`
}

/** @param {number} status of a file that has no digest */
function reasonFor(status) {
  if (status < 0) return systemText(status)
  return status === Status.NotRegular
    ? 'No longer a regular file'
    : 'Not hashed: a worker thread died'
}

/**
 * Prints the finished job: digests to standard output, failures to standard error.
 *
 * @param {Buffer[]} files
 * @param {import('./job.mjs').Job} job
 * @returns {boolean} whether there was no failure
 */
export function printManifest(files, job) {
  const digests = Buffer.from(job.digests.buffer)
  let allHashed = true
  let wanted = true
  let text = ''
  for (const [i, path] of files.entries()) {
    const status = job.status[i] ?? Status.Untouched
    if (status === Status.Hashed) {
      const digest = digests.toString('hex', i * DIGEST_BYTES, (i + 1) * DIGEST_BYTES)
      text += manifestLine(digest, path.toString('latin1'))
    } else {
      allHashed = false
      complain(path, reasonFor(status))
    }
    if (text.length >= FLUSH_AT || i === files.length - 1) {
      wanted &&= write(STDOUT, Buffer.from(text, 'latin1'))
      text = ''
    }
  }
  return allHashed
}
