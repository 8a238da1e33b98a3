import { expect, test } from 'vitest'
import { WaitGroup } from 'futex-waitgroup'

/** A thread that waits until it is let go, and some time more, and then sets its flag. */
function slowThread(wg: WaitGroup, flag: Int32Array) {
  const code = `
    const flag = require('node:worker_threads').workerData
    Atomics.wait(flag, 1, 0)
    Atomics.wait(flag, 2, 0, 50)
    Atomics.store(flag, 0, 1)`
  return wg.spawn(code, { eval: true, workerData: flag })
}

function letGo(flag: Int32Array) {
  Atomics.store(flag, 1, 1)
  Atomics.notify(flag, 1)
}

const newFlag = () => new Int32Array(new SharedArrayBuffer(12))

test('`using` joins at the end of the block, by blocking', () => {
  const flag = newFlag()
  {
    using wg = new WaitGroup()
    slowThread(wg, flag)
    expect(flag[0]).toBe(0)
    letGo(flag)
  }
  expect(flag[0]).toBe(1)
})

test('`await using` joins at the end of the block, by promise', async () => {
  const flag = newFlag()
  let turned = false
  {
    await using wg = new WaitGroup()
    slowThread(wg, flag)
    letGo(flag)
    setImmediate(() => (turned = true))
  }
  expect(flag[0]).toBe(1)
  expect(turned).toBe(true)
})

test('both are there by name, for a language without `using`', async () => {
  const flag = newFlag()
  const wg = new WaitGroup()
  slowThread(wg, flag)
  letGo(flag)
  wg[Symbol.dispose]()
  expect(flag[0]).toBe(1)

  const another = newFlag()
  slowThread(wg, another)
  letGo(another)
  await wg[Symbol.asyncDispose]()
  expect(another[0]).toBe(1)
})

test('a block that throws joins first, and throws what it threw', () => {
  const flag = newFlag()
  expect(() => {
    using wg = new WaitGroup()
    slowThread(wg, flag)
    letGo(flag)
    throw new Error('mine')
  }).toThrow('mine')
  expect(flag[0]).toBe(1)
})
