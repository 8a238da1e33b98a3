import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { WaitGroup } from 'futex-waitgroup'
import { Child } from '../helpers/child'
import { words } from '../helpers/memory'

// Go's rule is that a group is used again after all its waits have returned. One thread's promises
// cannot return at once; but its continuations do not see each other half released.

test.for([2, 3, 600, 2000])(
  '%i waiters on one thread: the first continuation adds again, and no other is rejected',
  async (waiters) => {
    const wg = new WaitGroup()
    for (let generation = 0; generation < 5; generation++) {
      wg.add()
      let first = true
      const waits = Array.from({ length: waiters }, async () => {
        const reached = await wg.waitAsync()
        if (first) wg.add(3)
        first = false
        return reached
      })
      wg.done()
      expect(new Set(await Promise.all(waits))).toEqual(new Set([true]))
      expect(words(wg)).toEqual([0, 3, 0, 0])
      // And the next generation, begun in the midst of this, is one like any other.
      const next = wg.waitAsync()
      wg.add(-3)
      expect(await next).toBe(true)
    }
  },
)

test('a wait that is aborted right after its release does not trip its siblings', async () => {
  const wg = new WaitGroup()
  wg.add()
  const abort = new AbortController()
  const aborted = wg.waitAsync({ signal: abort.signal })
  const sibling = wg.waitAsync()
  const again = aborted.then(() => wg.add())
  wg.done()
  abort.abort()
  expect(await Promise.all([aborted, sibling, again])).toEqual([true, true, undefined])
  expect(words(wg)).toEqual([0, 1, 0, 0])
})

test('nor does a wait whose time is up right after its release', async () => {
  const wg = new WaitGroup()
  wg.add()
  const timed = wg.waitAsync({ timeout: 1 })
  const sibling = wg.waitAsync()
  const again = timed.then(() => wg.add())
  // The timer comes first on the loop.
  const end = performance.now() + 5
  while (performance.now() < end);
  wg.done()
  expect(await Promise.all([timed, sibling, again])).toEqual([true, true, undefined])
  expect(words(wg)).toEqual([0, 1, 0, 0])
})

test('two groups in one batch: a continuation of one uses the other again', async () => {
  const [one, two] = [new WaitGroup(), new WaitGroup()]
  one.add()
  two.add()
  const waits = [
    one.waitAsync().then(() => two.add()),
    two.waitAsync(),
    two.waitAsync().then(() => one.add()),
    one.waitAsync(),
  ]
  one.done()
  two.done()
  expect(await Promise.all(waits)).toEqual([undefined, true, undefined, true])
  await turn()
  expect([...words(one), ...words(two)]).toEqual([0, 1, 0, 0, 0, 1, 0, 0])
})

// T1's release is late with its last step, the sweep of the promise waiters, and meets the first waiter
// of the next generation, which so is in the queue of the loop before its own release, by T2. T2's
// sweep, which would bring the second waiter there too, is still to come when the loop collects.
test('a release between its permits and its sweep: the waiters that it has not reached', async () => {
  const wg = new WaitGroup()
  const thread = wg.spawn(new URL('data:text/javascript,'))
  const first = wg.waitAsync()
  thread.join()
  // This was T1's sweep: the loop will look. What it finds is the next generation, with T2's permits.
  expect(words(wg)).toEqual([0, 0, 1, 0])
  const memory = new Int32Array(wg.buffer)
  memory.set([1, 1, 0])
  const second = wg.waitAsync()
  memory.set([0, 0, 2])
  const again = first.then(() => wg.add())
  expect(await Promise.all([first, second, again])).toEqual([true, true, undefined])
  expect(words(wg)).toEqual([0, 1, 0, 0])
})

/** The stress run begins with 4000. */
const GENERATIONS = 1500

// A releaser that is late with its sweep meets the waiters of the next generation.
test('many generations, each begun by a continuation, released from two threads', async () => {
  const end = await Child.node('wait-async/fixtures/reuse-by-continuation.mjs', [`${GENERATIONS}`])
    .ended
  expect(end).toExitCleanly(`${GENERATIONS}\n`)
})
