// Counts the primes from `from` up to `to`.
module.exports = (from, to) => {
  let primes = 0
  for (let n = Math.max(from, 2); n < to; n++) {
    let prime = true
    for (let d = 2; d * d <= n && prime; d++) prime = n % d !== 0
    if (prime) primes++
  }
  return primes
}
