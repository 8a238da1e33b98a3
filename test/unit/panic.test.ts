import { describe, expect, test } from 'vitest'
import { WaitGroup, WaitGroupError } from 'futex-waitgroup'
import { ThreadWaiters } from '../helpers/thread-waiters'

/** Against a hang only. */
const PATIENCE = { timeout: 100_000 }

/** What the call throws. */
function thrownBy(call: () => void): unknown {
  try {
    call()
  } catch (error) {
    return error
  }
  return expect.unreachable('nothing was thrown')
}

/** A group with these numbers in its memory. */
function group(counter: number, waiters = 0, permits = 0): WaitGroup {
  const wg = new WaitGroup()
  new Int32Array(wg.buffer).set([waiters, counter, permits])
  return wg
}

const words = (wg: WaitGroup) => [...new Int32Array(wg.buffer)]

interface Case {
  panic: string
  code: string
  message: string
  wg: WaitGroup
  call(this: void, wg: WaitGroup): void
  /** The method that the stack begins with. */
  method: string
  /** [waiters, counter, permits, sleepers] */
  after: number[]
}

const cases: Case[] = [
  {
    panic: 'done() below zero',
    code: 'ERR_WAITGROUP_NEGATIVE_COUNTER',
    message: 'sync: negative WaitGroup counter: done() was called more often than add()',
    wg: group(0),
    call: (wg) => wg.done(),
    method: 'done',
    after: [0, -1, 0, 0],
  },
  {
    panic: 'add() below zero',
    code: 'ERR_WAITGROUP_NEGATIVE_COUNTER',
    message: 'sync: negative WaitGroup counter: done() was called more often than add()',
    wg: group(3, 2),
    call: (wg) => wg.add(-5),
    method: 'add',
    after: [2, -2, 0, 0],
  },
  {
    panic: 'add(1) over the greatest counter',
    code: 'ERR_WAITGROUP_NEGATIVE_COUNTER',
    message: 'sync: negative WaitGroup counter: done() was called more often than add()',
    wg: group(2 ** 31 - 1),
    call: (wg) => wg.add(),
    method: 'add',
    after: [0, -(2 ** 31), 0, 0],
  },
  {
    panic: 'add(1) while waiters are being released',
    code: 'ERR_WAITGROUP_MISUSE',
    message: 'sync: WaitGroup misuse: Add called concurrently with Wait',
    wg: group(0, 1),
    call: (wg) => wg.add(),
    method: 'add',
    after: [1, 1, 0, 0],
  },
  {
    panic: 'add(7) while waiters are being released',
    code: 'ERR_WAITGROUP_MISUSE',
    message: 'sync: WaitGroup misuse: Add called concurrently with Wait',
    wg: group(0, 3),
    call: (wg) => wg.add(7),
    method: 'add',
    after: [3, 7, 0, 0],
  },
  {
    panic: 'wait() on a group that is in use again',
    code: 'ERR_WAITGROUP_REUSED',
    message: 'sync: WaitGroup is reused before previous Wait has returned',
    // Becomes a waiter, finds the permit of the generation before.
    wg: group(1, 0, 1),
    call: (wg) => void wg.wait({ timeout: 100_000 }),
    method: 'wait',
    after: [1, 1, 0, 0],
  },
]

describe.each(cases.map((each) => [each.panic, each] as const))(
  '%s',
  (_, { code, message, wg, call, method, after }) => {
    const error = thrownBy(function callerOfTheMethod() {
      call(wg)
    })

    test(`throws a WaitGroupError ${code} with the text of Go`, () => {
      expect(error).toBeInstanceOf(WaitGroupError)
      expect(error).toBeInstanceOf(Error)
      expect(error).toMatchObject({ name: 'WaitGroupError', code, message })
      expect(String(error)).toBe(`WaitGroupError: ${message}`)
      expect(Object.keys(error as object)).toEqual(['code'])
    })

    test('has a stack that begins with the method and its caller', () => {
      const [head, top, , caller] = String((error as Error).stack).split('\n')
      expect(head).toBe(`WaitGroupError: ${message}`)
      expect(top).toMatch(new RegExp(`^    at WaitGroup\\.${method} \\(`))
      expect(caller).toMatch(/^ {4}at callerOfTheMethod \(/)
    })

    test('rolls nothing back', () => {
      expect(words(wg)).toEqual(after)
    })
  },
)

test('a group works on after each panic, from the state that it left', () => {
  const negative = group(0)
  expect(() => negative.done()).toThrow('negative')
  negative.add(3)
  expect(negative.count).toBe(2)

  const misused = group(0, 2)
  expect(() => misused.add(1)).toThrow('misuse')
  misused.done()
  expect(words(misused)).toEqual([0, 0, 2, 0])

  const reused = group(1, 0, 1)
  expect(() => reused.wait({ timeout: 100_000 })).toThrow('reused')
  expect(reused.wait({ timeout: 1 })).toBe(false)
})

test('a blocked waiter sees its own panic, and no other thread does', async () => {
  const threads = new ThreadWaiters()
  try {
    const wg = new WaitGroup()
    wg.add(1)
    const waiter = threads.start(wg)
    await expect.poll(() => wg.waiters, PATIENCE).toBe(1)
    // What a done() that an add(1) overtakes does, with the thread's wake in between.
    const memory = new BigInt64Array(wg.buffer)
    Atomics.store(memory, 0, 1n << 32n)
    Atomics.add(memory, 1, 1n)
    await expect.poll(() => waiter.returned, PATIENCE).toBe(true)
    expect(waiter.panic).toBe('sync: WaitGroup is reused before previous Wait has returned')
    expect(words(wg)).toEqual([0, 1, 0, 0])
    wg.done()
    expect(wg.wait({ timeout: 0 })).toBe(true)
  } finally {
    await threads.close()
  }
})
