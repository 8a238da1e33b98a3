import { describe, expect, test } from 'vitest'
import { WaitGroup, WaitGroupError } from 'futex-waitgroup'
import { runJson } from '../helpers/run-json'

// The cases of Go's sync/waitgroup_test.go.

const idle = { count: 0, waiters: 0, permits: 0, sleepers: 0 }

test('TestWaitGroup: two groups are a barrier for 16 threads, eight times over', async () => {
  expect(await runJson('go/fixtures/own-tests.mjs', ['barrier'])).toEqual({
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
  expect(await runJson('go/fixtures/own-tests.mjs', ['race'])).toEqual({ rounds: 1000 })
})

test('TestWaitGroupAlign: a group works in the midst of other data, and leaves it alone', async () => {
  expect(await runJson('go/fixtures/own-tests.mjs', ['embedded'])).toEqual({
    byteOffset: 24,
    byteLength: 45,
    ...idle,
  })
})

// Go 1.25's, and what its runtime adds around it: a task may also fail.
describe('TestWaitGroupGo: a task has ended, and counted down, when its function returns', () => {
  const tasks: [string, () => unknown][] = [
    ['nothing', () => undefined],
    ['a value', () => 1],
    ['an object', () => ({ then: 'not a function' })],
    ['a function', () => () => 1],
  ]
  test.for(tasks)('it returns %s', ([, task]) => {
    const wg = new WaitGroup()
    let i = 0
    void wg.go(() => {
      i++
      return task()
    })
    expect(wg.count).toBe(0)
    // In main this was reported as a deadlock, in a worker it hung.
    expect(wg.wait()).toBe(true)
    expect(i).toBe(1)
  })

  test('it throws', async () => {
    const wg = new WaitGroup()
    const reason = new Error('a panic')
    const result = wg.go(() => {
      throw reason
    })
    expect(wg.wait()).toBe(true)
    await expect(result).rejects.toBe(reason)
  })

  test('its then cannot be read', async () => {
    const wg = new WaitGroup()
    const reason = new Error('no then')
    const result = wg.go(() => ({
      get then(): never {
        throw reason
      },
    }))
    expect(wg.wait()).toBe(true)
    await expect(result).rejects.toBe(reason)
  })

  test('in a worker, where it hung', async () => {
    expect(await runJson('go/fixtures/own-tests.mjs', ['go'])).toEqual({ i: 1, waited: true })
  })
})
