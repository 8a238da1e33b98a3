// Counts the primes from `from` up to `to`. spawn() counts this thread down when it ends.
const { workerData } = require('node:worker_threads')

const { sums, i, from, to } = workerData
for (let n = Math.max(from, 2); n < to; n++) {
  let prime = true
  for (let d = 2; d * d <= n && prime; d++) prime = n % d !== 0
  if (prime) sums[i]++
}
