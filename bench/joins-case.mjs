// One cell of the table of joins.mjs: starts a thread that dies, and joins it by blocking. The event
// loop of this thread never turns. Writes its report to file descriptor 3.
import { writeSync } from 'node:fs'
import { isMainThread, Worker, workerData } from 'node:worker_threads'
import { WaitGroup } from 'futex-waitgroup'
import { deaths } from './joins-deaths.mjs'

/**
 * The data that the threads of one case share.
 *
 * @typedef {object} Shared
 * @property {boolean} byAtomics
 * @property {Int32Array} words the counter for Atomics.wait(), and a flag: the thread runs
 * @property {import('futex-waitgroup').SharedWaitGroup} wg
 * @property {string} script
 * @property {import('node:worker_threads').ResourceLimits} [resourceLimits]
 */

const COUNTER = 0
const RUNS = 1

/** @param {Shared} shared */
function start({ byAtomics, words, wg, script, resourceLimits }) {
  const options = { workerData: words, ...(resourceLimits && { resourceLimits }) }
  if (!byAtomics) return WaitGroup.from(wg).spawn(script, options)
  Atomics.add(words, COUNTER, 1)
  return new Worker(script, options)
}

/** @param {Shared} shared */
function join({ byAtomics, words, wg }) {
  if (!byAtomics) {
    WaitGroup.from(wg).wait()
    return
  }
  for (;;) {
    const count = Atomics.load(words, COUNTER)
    if (count === 0) return
    Atomics.wait(words, COUNTER, count)
  }
}

/** @param {Int32Array} words */
function untilItRuns(words) {
  Atomics.wait(words, RUNS, 0)
}

/** @param {unknown} error */
function shown(error) {
  return error instanceof Error
    ? 'code' in error
      ? `${error.name} [${String(error.code)}]`
      : `${error.name}: ${error.message}`
    : String(error)
}

function main() {
  const [index, way, script = ''] = process.argv.slice(2)
  const death = deaths[Number(index)]
  if (death === undefined) throw new Error(`there is no death ${index}`)
  /** @type {Shared} */
  const shared = {
    byAtomics: way === 'atomics',
    words: new Int32Array(new SharedArrayBuffer(8)),
    wg: new WaitGroup(),
    script,
    ...(death.resourceLimits && { resourceLimits: death.resourceLimits }),
  }
  let began = performance.now()
  const withParent = death.terminated === 'with its parent'
  const thread = withParent
    ? new Worker(new URL(import.meta.url), { workerData: shared })
    : start(shared)
  if (death.terminated === 'once it runs' || withParent) untilItRuns(shared.words)
  if (death.terminated !== undefined) {
    began = performance.now()
    void thread.terminate()
  }
  join(shared)
  const milliseconds = performance.now() - began
  const read = 'failed' in thread && {
    failed: thread.failed,
    exitCode: thread.exitCode,
    error: thread.failed ? shown(thread.error) : undefined,
  }
  writeSync(3, JSON.stringify({ milliseconds, read }))
  process.exit()
}

if (isMainThread) main()
else start(workerData) // this is the parent that is terminated
