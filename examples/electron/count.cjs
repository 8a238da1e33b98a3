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
  const sums = new Int32Array(new SharedArrayBuffer(4 * parts))
  let ticks = 0
  const ticker = setInterval(() => ticks++, 4)
  const threads = Array.from({ length: parts }, (_, i) => {
    const workerData = { sums, i, from: (LIMIT / parts) * i, to: (LIMIT / parts) * (i + 1) }
    const thread = wg.spawn(path.join(__dirname, 'worker.cjs'), { workerData })
    return thread.on('error', () => {}) // thrown below
  })
  await wg.waitAsync()
  clearInterval(ticker)
  for (const thread of threads) if (thread.failed) throw thread.error
  // Plain reads: the threads' writes are visible after the wait.
  return { primes: sums.reduce((a, b) => a + b, 0), ticks }
}

module.exports = { count }
