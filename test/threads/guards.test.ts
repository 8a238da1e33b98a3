import { describe, expect, test } from 'vitest'
import { WaitGroup } from 'futex-waitgroup'
import { Child } from '../helpers/child'

function group(count: number): WaitGroup {
  const wg = new WaitGroup()
  wg.add(count)
  return wg
}

describe('guard()', () => {
  test('takes over a count that was there, and adds none', () => {
    const wg = group(1)
    const guard = wg.guard()
    expect(wg.count).toBe(1)
    guard.done()
    expect(wg.count).toBe(0)
  })

  test('done() twice is once', () => {
    const wg = group(2)
    const guard = wg.guard()
    guard.done()
    guard.done()
    guard[Symbol.dispose]()
    expect(wg.count).toBe(1)
  })

  test('two guards are two counts', () => {
    const wg = group(2)
    const [one, two] = [wg.guard(), wg.guard()]
    one.done()
    expect(wg.count).toBe(1)
    two.done()
    expect(wg.count).toBe(0)
  })

  test('counts down at the end of a block that declares `using`', () => {
    const wg = group(1)
    {
      using guard = wg.guard()
      expect(guard).toBeDefined()
      expect(wg.count).toBe(1)
    }
    expect(wg.count).toBe(0)
  })

  test('counts down where a block that declares `using` throws', () => {
    const wg = group(1)
    expect(() => {
      using guard = wg.guard()
      throw new Error(`boom ${typeof guard}`)
    }).toThrow('boom object')
    expect(wg.count).toBe(0)
  })

  test('done() by hand within `using` is once', () => {
    const wg = group(2)
    {
      using guard = wg.guard()
      guard.done()
    }
    expect(wg.count).toBe(1)
  })

  test('lets waiters go', async () => {
    const wg = group(1)
    const guard = wg.guard()
    const wait = wg.waitAsync()
    guard.done()
    expect(await wait).toBe(true)
  })

  test('done() throws as Go panics, once', () => {
    const wg = group(0)
    const guard = wg.guard()
    expect(() => guard.done()).toThrow(
      expect.objectContaining({ code: 'ERR_WAITGROUP_NEGATIVE_COUNTER' }),
    )
    expect(wg.count).toBe(-1)
    guard.done()
    expect(wg.count).toBe(-1)
  })

  test('shows nothing of its inside', () => {
    expect(Object.keys(group(1).guard())).toEqual([])
  })
})

test('a thread that dies gives back what its guards hold, however it ends', async () => {
  const ended = await Child.node('threads/fixtures/guard-deaths.mjs').ended
  expect(ended).toExit({ stdout: /^all ways\n$/m, stderr: /^$|Warning: Detected/ })
})

test('a guard that is dropped and collected counts down at the end of its thread', async () => {
  const ended = await Child.node('threads/fixtures/guard-dropped.mjs', [], {
    flags: ['--expose-gc'],
  }).ended
  expect(ended).toExitCleanly('done\n')
})

test('a guard that the main thread still holds does not crash its end, nor does a count below zero', async () => {
  const ended = await Child.node('threads/fixtures/guard-end.mjs').ended
  expect(ended).toExitCleanly('')
})
