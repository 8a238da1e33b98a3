import { expect, test } from 'vitest'
import { WaitGroup, WaitGroupError } from 'futex-waitgroup'
import { resultOf } from './support/result-of'

// The cases of Go's sync/waitgroup_test.go.

const idle = { count: 0, waiters: 0, permits: 0, sleepers: 0 }

test('TestWaitGroup: two groups are a barrier for 16 threads, eight times over', async () => {
  expect(await resultOf('go-own-tests.mjs', ['barrier'])).toEqual({
    rounds: 8,
    threads: 16,
    wg1: idle,
    wg2: idle,
  })
})

test('TestWaitGroupMisuse: one done too many panics', () => {
  const wg = new WaitGroup()
  wg.add(1)
  wg.done()
  expect(() => wg.done()).toThrow(WaitGroupError)
  expect(() => wg.done()).toThrow('sync: negative WaitGroup counter')
})

test('TestWaitGroupRace: no wait returns before both of two racing threads are done, 1,000 times', async () => {
  expect(await resultOf('go-own-tests.mjs', ['race'])).toEqual({ rounds: 1000 })
})

test('TestWaitGroupAlign: a group works in the midst of other data, and leaves it alone', async () => {
  expect(await resultOf('go-own-tests.mjs', ['embedded'])).toEqual({
    byteOffset: 24,
    byteLength: 45,
    ...idle,
  })
})
