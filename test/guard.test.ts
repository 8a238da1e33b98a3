import { expect, test } from 'vitest'
import { Guard, WaitGroup, WaitGroupError } from 'futex-waitgroup'
import { Child } from './support/child'

test('done() counts down, and a second time does nothing', () => {
  const wg = new WaitGroup()
  wg.add(2)
  const guard = wg.guard()
  expect(guard).toBeInstanceOf(Guard)
  expect(wg.count).toBe(2)
  guard.done()
  guard.done()
  expect(wg.count).toBe(1)
})

test('`using` counts down at the end of the block, after a throw too', () => {
  const wg = new WaitGroup()
  wg.add(2)
  {
    using guard = wg.guard()
    expect(guard).toBeInstanceOf(Guard)
    expect(wg.count).toBe(2)
  }
  expect(wg.count).toBe(1)
  expect(() => {
    using guard = wg.guard()
    throw new Error(`with ${String(guard instanceof Guard)}`)
  }).toThrow('with true')
  expect(wg.count).toBe(0)
})

test('a count that was done by hand makes the guard throw as done() does', () => {
  const wg = new WaitGroup()
  wg.add()
  const guard = wg.guard()
  wg.done()
  expect(() => guard.done()).toThrow(
    expect.objectContaining({ code: 'ERR_WAITGROUP_NEGATIVE_COUNTER' }) as WaitGroupError,
  )
  expect(wg.count).toBe(-1)
  guard.done()
  expect(wg.count).toBe(-1)
})

test('a guard that is not done counts down when its thread dies, whatever it dies of', async () => {
  const ended = await Child.node('guard-deaths.mjs', [], 120, ['--expose-gc']).ended
  expect(ended).toMatchObject({ code: 0, signal: null, stderr: '' })
  expect(ended.stdout).toContain('{"ok":true}')
}, 130_000)
