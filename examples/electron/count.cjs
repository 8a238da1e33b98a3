// Counts the primes below a limit in worker threads, and awaits them all. Nothing of Electron in it.
const path = require('node:path')
const { Worker } = require('node:worker_threads')
const { WaitGroup } = require('futex-waitgroup')

const LIMIT = 2_000_000

/**
 * @param {number} threads
 * @returns {Promise<{ primes: number, ticks: number }>} how many there are, and how often this
 * thread's event loop turned meanwhile: it was never blocked.
 */
async function count(threads) {
  const wg = new WaitGroup()
  const sums = new Int32Array(new SharedArrayBuffer(4 * threads))
  let ticks = 0
  const ticker = setInterval(() => ticks++, 4)
  for (let i = 0; i < threads; i++) {
    wg.add()
    new Worker(path.join(__dirname, 'worker.cjs'), {
      workerData: { wg, sums, i, from: (LIMIT / threads) * i, to: (LIMIT / threads) * (i + 1) },
    })
  }
  await wg.waitAsync()
  clearInterval(ticker)
  // A plain read: what they wrote before done() is visible after the wait.
  return { primes: sums.reduce((a, b) => a + b, 0), ticks }
}

module.exports = { count }
