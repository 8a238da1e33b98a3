// Counts the primes below a limit in worker threads, and awaits them. Also runs without Electron.
const path = require('node:path')
const { WaitGroup } = require('futex-waitgroup')

const LIMIT = 2_000_000

/**
 * @param {number} parts how many threads share the work
 * @returns {Promise<{ primes: number, ticks: number }>} the number of primes, and how often this
 * thread's timer fired meanwhile: its event loop is not blocked
 */
async function count(parts) {
  const wg = new WaitGroup()
  let ticks = 0
  const ticker = setInterval(() => ticks++, 4)
  const part = LIMIT / parts
  const threads = Array.from({ length: parts }, (_, i) =>
    wg.run(path.join(__dirname, 'worker.cjs'), [part * i, part * (i + 1)]),
  )
  await wg.waitAsync()
  clearInterval(ticker)
  // `result` throws the error of a thread that has failed.
  return { primes: threads.reduce((sum, thread) => sum + thread.result, 0), ticks }
}

module.exports = { count }
