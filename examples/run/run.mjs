// Counts primes in four threads, and prints what they return:
//
//   node run.mjs
import { WaitGroup } from 'futex-waitgroup'

const limits = [100_000, 200_000, 300_000, 400_000]
const wg = new WaitGroup()
const threads = limits.map((limit) => wg.run(new URL('count-primes.mjs', import.meta.url), [limit]))

wg.wait()

for (const [index, thread] of threads.entries()) {
  console.log('%d primes up to %d', thread.result, limits[index])
}
