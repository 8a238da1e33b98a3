import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { WaitGroup } from 'futex-waitgroup'
import { words } from '../helpers/memory'

test('go() starts the task before it returns, and counts it until it has settled', async () => {
  const wg = new WaitGroup()
  let finish: ((value: string) => void) | undefined
  const result = wg.go(() => {
    expect(wg.count).toBe(1)
    return new Promise<string>((resolve) => (finish = resolve))
  })
  expect(finish).toBeTypeOf('function')
  const wait = wg.waitAsync()
  await turn()
  expect(words(wg)).toEqual([1, 1, 0, 0])
  finish?.('result')
  // The group has counted down before the result is there.
  expect(await result.then((value) => [value, wg.count])).toEqual(['result', 0])
  expect(await wait).toBe(true)
})

test('a task without a promise is counted too', async () => {
  const wg = new WaitGroup()
  const result = wg.go(() => wg.count)
  expect(await result).toBe(1)
  expect(words(wg)).toEqual([0, 0, 0, 0])
})

test('a rejection is handed on, and counted down before', async () => {
  const wg = new WaitGroup()
  const reason = new Error('the task failed')
  const result = wg.go(async () => {
    await turn()
    throw reason
  })
  expect(wg.count).toBe(1)
  const seen = await result.catch((error: unknown) => [error, wg.count])
  expect(seen).toEqual([reason, 0])
})

test('a synchronous throw is a rejection, not a throw', async () => {
  const wg = new WaitGroup()
  const reason = new Error('at once')
  const result = wg.go((): number => {
    throw reason
  })
  expect(await result.catch((error: unknown) => error)).toBe(reason)
  expect(words(wg)).toEqual([0, 0, 0, 0])
})

test('thenables are awaited like promises', async () => {
  const wg = new WaitGroup()
  const thenable = {
    then(resolve: (value: number) => void) {
      expect(wg.count).toBe(2)
      setImmediate(resolve, 42)
    },
  }
  const refusing = {
    then(): never {
      throw new Error('no then')
    },
  }
  const results = [
    wg.go(() => thenable as PromiseLike<number>),
    wg.go(() => refusing as PromiseLike<number>),
  ]
  const outcomes = await Promise.allSettled(results)
  expect(outcomes).toEqual([
    { status: 'fulfilled', value: 42 },
    { status: 'rejected', reason: new Error('no then') },
  ])
  expect(words(wg)).toEqual([0, 0, 0, 0])
})

test('a hundred tasks, and tasks that start tasks, are one wait', async () => {
  const wg = new WaitGroup()
  let finished = 0
  const task = async (depth: number): Promise<void> => {
    await turn()
    // The parent still counts: never an add from zero.
    if (depth > 0) void wg.go(() => task(depth - 1))
    finished++
  }
  for (let i = 0; i < 100; i++) void wg.go(() => task(2))
  expect(wg.count).toBe(100)
  expect(await wg.waitAsync()).toBe(true)
  expect(finished).toBe(300)
})

test.for([undefined, null, 5, 'task', {}, Promise.resolve()])(
  'a task that is not a function is refused and not counted: %o',
  async (task) => {
    const wg = new WaitGroup()
    const go = wg.go.bind(wg) as (task: unknown) => Promise<unknown>
    const error: unknown = await go(task).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' })
    expect((error as Error).message).toContain('"task" argument')
    expect(words(wg)).toEqual([0, 0, 0, 0])
  },
)

test('the panics of add and done are rejections', async () => {
  const wg = new WaitGroup()
  wg.add(2 ** 31 - 1)
  let started = false
  await expect(wg.go(() => (started = true))).rejects.toMatchObject({
    code: 'ERR_WAITGROUP_NEGATIVE_COUNTER',
  })
  expect(started).toBe(false)
  const other = new WaitGroup()
  await expect(other.go(() => other.done())).rejects.toMatchObject({
    code: 'ERR_WAITGROUP_NEGATIVE_COUNTER',
  })
})
