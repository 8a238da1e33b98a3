import { setImmediate as turn } from 'node:timers/promises'
import { AsyncLocalStorage } from 'node:async_hooks'
import { describe, expect, test } from 'vitest'
import { WaitGroup } from 'futex-waitgroup'
import { Child } from '../helpers/child'
import { words } from '../helpers/memory'

test('waitAsync() answers true once the counter is zero, and not before', async () => {
  const wg = new WaitGroup()
  wg.add(2)
  let answer: unknown
  const wait = wg.waitAsync().then((reached) => (answer = reached))
  expect(wg.waiters).toBe(1)
  wg.done()
  await turn()
  expect(answer).toBeUndefined()
  expect(wg.waiters).toBe(1)
  wg.done()
  // It is released, and in no state; but its continuation comes later, like any other's.
  expect(wg.waiters).toBe(0)
  expect(answer).toBeUndefined()
  await wait
  expect(answer).toBe(true)
  expect(words(wg)).toEqual([0, 0, 0, 0])
})

test('it answers false when the time was up', async () => {
  const wg = new WaitGroup()
  wg.add()
  expect(await wg.waitAsync({ timeout: 1 })).toBe(false)
  expect(words(wg)).toEqual([0, 1, 0, 0])
  wg.done()
  expect(await wg.waitAsync({ timeout: 1 })).toBe(true)
})

test('it returns a plain promise, and many promises of one group are many', async () => {
  const wg = new WaitGroup()
  wg.add()
  const waits = Array.from({ length: 1000 }, () => wg.waitAsync())
  expect(new Set(waits).size).toBe(1000)
  expect(Object.getPrototypeOf(waits[0])).toBe(Promise.prototype)
  expect(wg.waiters).toBe(1000)
  wg.done()
  expect(new Set(await Promise.all(waits))).toEqual(new Set([true]))
  expect(words(wg)).toEqual([0, 0, 0, 0])
})

test.for([undefined, {}, { timeout: 0 }, { timeout: 5 }, { signal: new AbortController().signal }])(
  'at zero it answers within the microtasks, ahead of the whole event loop: %o',
  async (options) => {
    const order: string[] = []
    setImmediate(() => order.push('immediate'))
    setTimeout(() => order.push('timer'), 0)
    process.nextTick(() => order.push('tick'))
    const wg = new WaitGroup()
    const wait = wg.waitAsync(options).then((reached) => order.push(`zero ${reached}`))
    order.push('synchronous')
    await wait
    expect(order).toEqual(['synchronous', 'zero true'])
    expect(words(wg)).toEqual([0, 0, 0, 0])
    await turn()
  },
)

test('a poll with time-out 0 is never a waiter, and answers within the microtasks', async () => {
  const wg = new WaitGroup()
  wg.add()
  // One that became a waiter would take this permit.
  new Int32Array(wg.buffer)[2] = 1
  const order: string[] = []
  setImmediate(() => order.push('immediate'))
  order.push(`poll ${await wg.waitAsync({ timeout: 0 })}`)
  expect(order).toEqual(['poll false'])
  expect(words(wg)).toEqual([0, 1, 1, 0])
})

test('the async context of the wait is that of its continuation', async () => {
  const context = new AsyncLocalStorage<string>()
  const wg = new WaitGroup()
  wg.add()
  const seen = await Promise.all([
    context.run('one', async () => {
      await wg.waitAsync()
      return context.getStore()
    }),
    context.run('two', async () => {
      await wg.waitAsync({ timeout: 1 })
      return context.getStore()
    }),
    context.run('three', async () => {
      await turn()
      wg.done()
      return context.getStore()
    }),
  ])
  expect(seen).toEqual(['one', 'two', 'three'])
})

/** What the types of our language level do not know, and every Node has. */
interface Growable extends SharedArrayBuffer {
  grow(bytes: number): void
}
interface WasmMemory {
  readonly buffer: SharedArrayBuffer
  grow(pages: number): void
}

test('groups in growable memory, and in that of WebAssembly, while it grows', async () => {
  const options = { maxByteLength: 1 << 16 }
  const growable = Reflect.construct(SharedArrayBuffer, [16, options]) as Growable
  const { Memory } = Reflect.get(globalThis, 'WebAssembly') as {
    Memory: new (options: object) => WasmMemory
  }
  const memory = new Memory({ initial: 1, maximum: 16, shared: true })
  const groups = [new WaitGroup(growable), new WaitGroup(memory.buffer, 1024)]
  for (const group of groups) group.add()
  const waits = groups.map((group) => group.waitAsync())
  growable.grow(1 << 16)
  memory.grow(15)
  for (const group of groups) group.done()
  expect(await Promise.all(waits)).toEqual([true, true])
})

test('a wait that begins in an async hook, as the first wait of its thread does, is released', async () => {
  const end = await Child.node('wait-async/fixtures/first-wait-in-hook.mjs', []).ended
  expect(end).toExitCleanly('both released\n')
})

describe('a released wait on a group that is in use again is rejected, as Go panics', () => {
  test('when it has become a waiter and finds a permit of the generation before', async () => {
    const wg = new WaitGroup()
    new Int32Array(wg.buffer).set([0, 1, 1, 0])
    await expect(wg.waitAsync()).rejects.toMatchObject({
      name: 'WaitGroupError',
      code: 'ERR_WAITGROUP_REUSED',
      message: 'sync: WaitGroup is reused before previous Wait has returned',
    })
  })

  test('when the adder did not wait for it', async () => {
    const wg = new WaitGroup()
    wg.add()
    const wait = wg.waitAsync()
    wg.done()
    wg.add()
    await expect(wait).rejects.toMatchObject({ code: 'ERR_WAITGROUP_REUSED' })
    expect(words(wg)).toEqual([0, 1, 0, 0])
    wg.done()
    expect(await wg.waitAsync()).toBe(true)
  })
})
