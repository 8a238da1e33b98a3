// Prints the SHA-256 of every regular file below a directory in the format of sha256sum. Uses all
// cores.
//
// The main thread is synchronous: it lists the files, starts the workers (worker.mjs), blocks until
// they are done, and prints.
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { inspect } from 'node:util'
import { WaitGroup } from 'futex-waitgroup'
import { complain, OutputError, STDERR, STDOUT, write } from './console.mjs'
import { createJob, filesDone } from './job.mjs'
import { printManifest } from './manifest.mjs'
import { HELP, readCommandLine, UsageError } from './options.mjs'
import { startProgress } from './progress.mjs'
import { regularFilesBelow } from './walk.mjs'

/** @typedef {import('futex-waitgroup').Thread<ReturnType<typeof import('./worker.mjs').default>>} Worker */

/** Exit codes. */
const FAILED = 1
const BAD_USAGE = 2

const checkout = fileURLToPath(new URL('../..', import.meta.url))

/**
 * @param {import('futex-waitgroup').Thread | undefined} worker took a file and did not finish it
 */
function crashOf(worker) {
  if (!worker?.failed) return 'its worker thread ended'
  const [line] = String(worker.error).split('\n', 1)
  return `its worker thread died: ${line}`
}

/**
 * @param {Buffer} directory with a slash at its end
 * @param {number} threads
 * @param {boolean} withSummary
 * @returns {boolean} whether everything could be read
 */
function checksum(directory, threads, withSummary) {
  const start = performance.now()
  let allRead = true
  const files = regularFilesBelow(directory, (unreadable, reason) => {
    allRead = false
    complain(unreadable, reason)
  })

  const wg = new WaitGroup()
  const job = createJob(files)
  const workers = Array.from({ length: Math.min(threads, files.length) }, (_, i) => {
    const worker = wg.run(new URL('worker.mjs', import.meta.url), [job, i + 1])
    return /** @type {Worker} */ (worker)
  })

  const progress = startProgress(files.length)
  try {
    while (!wg.wait({ timeout: 100 })) progress.update(filesDone(job))
  } finally {
    progress.stop()
  }
  // A worker that crashed is counted down too, and its error is known now.
  for (const worker of workers) {
    if (!worker.failed) continue
    allRead = false
    write(STDERR, `checksum: a worker thread died: ${inspect(worker.error)}\n`)
  }
  const elapsed = performance.now() - start
  const printed = printManifest(files, job, (worker) => crashOf(workers[worker - 1]))
  if (withSummary) summarize(files.length, workers, elapsed)
  return printed && allRead
}

/**
 * @param {number} files
 * @param {Worker[]} workers
 * @param {number} elapsed in milliseconds
 */
function summarize(files, workers, elapsed) {
  let bytes = 0
  let work = 0
  for (const worker of workers) {
    if (worker.failed) continue
    bytes += worker.result.bytes
    work += worker.result.milliseconds
  }
  write(
    STDERR,
    `checksum: ${files} files, ${(bytes / 1e6).toFixed(1)} MB, ${workers.length} threads: ` +
      `${seconds(elapsed)}, start of the threads included. One thread: about ${seconds(work)}\n`,
  )
}

/** @param {number} milliseconds */
function seconds(milliseconds) {
  return `${(milliseconds / 1000).toFixed(2)} s`
}

try {
  // npm runs scripts in the package's folder. A relative DIRECTORY is relative to the user's.
  const { INIT_CWD, npm_lifecycle_event, npm_package_json } = process.env
  const startedByNpm =
    npm_lifecycle_event === 'start' && npm_package_json === path.join(checkout, 'package.json')
  if (startedByNpm && INIT_CWD) process.chdir(INIT_CWD)

  const command = readCommandLine(process.argv.slice(2), checkout)
  if (command === 'help') write(STDOUT, HELP)
  else if (!checksum(command.directory, command.threads, command.summary)) process.exitCode = FAILED
} catch (error) {
  if (error instanceof UsageError) {
    write(STDERR, `checksum: ${error.message}\nTry --help for more.\n`)
    process.exitCode = BAD_USAGE
  } else if (error instanceof OutputError) {
    write(STDERR, `checksum: ${error.message}\n`)
    process.exitCode = FAILED
  } else {
    throw error
  }
}
