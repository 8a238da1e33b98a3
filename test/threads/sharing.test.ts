import { createContext, runInContext, runInThisContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { WaitGroup } from 'futex-waitgroup'
import { runJson } from '../helpers/run-json'

const atZero = { count: 0, byteOffset: 0 }

describe('a group gets to another thread', () => {
  test('by workerData: whole, as its memory, and by name', async () => {
    expect(await runJson('threads/fixtures/sharing.mjs', ['workerData'])).toEqual([
      atZero,
      atZero,
      atZero,
    ])
  })

  test('by postMessage: whole, as its memory, and by name', async () => {
    expect(await runJson('threads/fixtures/sharing.mjs', ['postMessage'])).toEqual([
      atZero,
      atZero,
      atZero,
    ])
  })

  test('by a MessagePort', async () => {
    expect(await runJson('threads/fixtures/sharing.mjs', ['port'])).toEqual([atZero, atZero])
  })

  test('from thread to thread', async () => {
    expect(await runJson('threads/fixtures/sharing.mjs', ['relay'])).toEqual([atZero, atZero])
  })

  test('with a hundred others in the same buffer, and disturbs none', async () => {
    expect(await runJson('threads/fixtures/sharing.mjs', ['manyInOneBuffer'])).toEqual({
      groups: 100,
      clean: true,
    })
  })
})

describe('WaitGroup.from()', () => {
  test('returns a group as it is', () => {
    const wg = new WaitGroup()
    expect(WaitGroup.from(wg)).toBe(wg)
    class Special extends WaitGroup {}
    const special = new Special()
    expect(WaitGroup.from(special)).toBe(special)
  })

  test('names the same memory, wherever it gets the name from', () => {
    const buffer = new SharedArrayBuffer(48)
    const wg = new WaitGroup(buffer, 16)
    wg.add(3)
    const clone = structuredClone(wg)
    expect(clone).not.toBeInstanceOf(WaitGroup)
    expect(Object.keys(clone)).toEqual(['buffer', 'byteOffset'])
    const names = [
      WaitGroup.from(clone),
      WaitGroup.from({ buffer, byteOffset: 16 }),
      // A view will do: it has both.
      WaitGroup.from(new Int32Array(buffer, 16)),
      new WaitGroup(buffer, 16),
    ]
    for (const [i, name] of names.entries()) {
      expect(name).not.toBe(wg)
      expect(name.count).toBe(3 + i)
      name.add()
    }
    expect(wg.count).toBe(7)
    expect(WaitGroup.from(buffer).count).toBe(0)
  })
})

describe('the memory of a group may be', () => {
  test('that of WebAssembly, which grows under it', () => {
    interface WebAssemblyMemory {
      readonly buffer: SharedArrayBuffer
      grow(pages: number): number
    }
    const memory = runInThisContext(
      'new WebAssembly.Memory({ initial: 1, maximum: 100, shared: true })',
    ) as WebAssemblyMemory
    const wg = new WaitGroup(memory.buffer, 64)
    wg.add(2)
    memory.grow(99)
    expect(memory.buffer).not.toBe(wg.buffer)
    const again = new WaitGroup(memory.buffer, 64)
    expect(again.count).toBe(2)
    again.done()
    wg.done()
    expect(again.wait({ timeout: 0 })).toBe(true)
    expect(new WaitGroup(memory.buffer, memory.buffer.byteLength - WaitGroup.BYTES).count).toBe(0)
  })

  test('that of another realm', () => {
    const buffer = runInContext('new SharedArrayBuffer(32)', createContext()) as SharedArrayBuffer
    expect(buffer).not.toBeInstanceOf(SharedArrayBuffer)
    const wg = new WaitGroup(buffer, 16)
    wg.add(2)
    expect(WaitGroup.from({ buffer, byteOffset: 16 }).count).toBe(2)
    expect(WaitGroup.from(buffer).count).toBe(0)
  })

  test('held by nothing but the group, and is collected with it', async () => {
    expect(await runJson('threads/fixtures/collected.mjs', [], { flags: ['--expose-gc'] })).toEqual(
      {
        kept: 1000,
        blocked: 1,
        collected: 1000,
      },
    )
  })
})

test('import and require give the same class, whichever is first', async () => {
  const same = { WaitGroup: true, WaitGroupError: true, byDefault: true }
  expect(await runJson('threads/fixtures/identity.mjs')).toEqual(same)
  expect(await runJson('threads/fixtures/identity.cjs')).toEqual(same)
})
