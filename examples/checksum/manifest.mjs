import { complain, STDOUT, systemText, write } from './console.mjs'
import { DIGEST_BYTES, Status } from './job.mjs'

const FLUSH_AT = 64 * 1024

const ESCAPES = new Map([
  ['\\', '\\\\'],
  ['\n', '\\n'],
  ['\r', '\\r'],
])

/**
 * One line in the format of sha256sum. A backslash at its beginning says that the name is escaped.
 *
 * @param {string} digest in hexadecimal
 * @param {string} name one character per byte
 */
export function manifestLine(digest, name) {
  const escaped = name.replace(/[\\\n\r]/g, (char) => ESCAPES.get(char) ?? char)
  return `${escaped === name ? '' : '\\'}${digest}  ${escaped}\n`
}

/**
 * @param {number} status of a file that has no digest
 * @param {string | undefined} crash why its worker ended; undefined if no worker took it
 */
function reasonFor(status, crash) {
  if (status < 0) return systemText(status)
  if (status === Status.NotRegular) return 'No longer a regular file'
  return `Not hashed: ${crash ?? 'no worker thread was left'}`
}

/**
 * Prints the finished job: digests to standard output, failures to standard error.
 *
 * @param {Buffer[]} files
 * @param {import('./job.mjs').Job} job
 * @param {(worker: number) => string} crashOf why a worker did not finish its file
 * @returns {boolean} whether every file has a digest
 */
export function printManifest(files, job, crashOf) {
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
      const worker = job.takers[i] ?? 0
      complain(path, reasonFor(status, worker === 0 ? undefined : crashOf(worker)))
    }
    if (text.length >= FLUSH_AT || i === files.length - 1) {
      wanted &&= write(STDOUT, Buffer.from(text, 'latin1'))
      text = ''
    }
  }
  return allHashed
}
