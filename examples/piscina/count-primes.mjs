import { WaitGroup } from 'futex-waitgroup'
import countPrimes from '../run/count-primes.mjs'

/** @param {{ limit: number, tasks: import('futex-waitgroup').SharedWaitGroup }} task */
export default ({ limit, tasks }) => {
  // In a pool the thread outlives a task that fails: so the task itself counts down.
  const guard = WaitGroup.from(tasks).guard()
  try {
    return countPrimes(limit)
  } finally {
    guard.done()
  }
}
