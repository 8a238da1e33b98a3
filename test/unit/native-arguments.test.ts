// The functions of the addon refuse what lib/ never passes to them. They must not crash the process.
import { createRequire } from 'node:module'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { built, root } from '../helpers/paths'

type Native = Record<string, (...args: unknown[]) => unknown>
const { native } = createRequire(__filename)(path.join(root, built.binding)) as { native: Native }

const shared = (bytes: number) => new Int32Array(new SharedArrayBuffer(bytes))
const view = shared(16)
const record = shared(32)

const notViews: [string, unknown][] = [
  ['undefined', undefined],
  ['an object', {}],
  ['a view that can be detached', new Int32Array(4)],
  ['a view of other elements', new Uint32Array(new SharedArrayBuffer(16))],
  ['a view that is too short', shared(12)],
  ['a view that is too long', shared(20)],
  ['a view that is not aligned', new Int32Array(new SharedArrayBuffer(24), 4, 4)],
]

function expectRefusal(name: string, args: readonly unknown[]): void {
  expect(() => native[name]?.(...args)).toThrow(
    new TypeError('futex-waitgroup: bad native arguments'),
  )
  expect([...view, ...record].every((word) => word === 0)).toBe(true)
}

describe.each([
  { name: 'handle', args: [] },
  { name: 'wait', args: [0, () => true] },
  { name: 'waitAsync', args: [] },
  { name: 'isAwaited', args: [] },
  { name: 'guard', args: [] },
  { name: 'ownForThread', args: [record] },
  { name: 'takeOverInThread', args: [record] },
  { name: 'nativeHandle', args: [true] },
])('$name() refuses', ({ name, args }) => {
  test.each(notViews)('%s', (_, value) => expectRefusal(name, [value, ...args]))
})

const handle = native['handle']?.(view)
const nothing = () => {}
const results = shared(4096)

test.each([
  ['finishAdd', 'an object for a handle', [{}, 1, 0n]],
  ['finishAdd', 'no delta', [handle, undefined, 0n]],
  ['finishAdd', 'a number for the old state', [handle, 1, 0]],
  ['wait', 'no time', [view, undefined, nothing]],
  ['wait', 'a negative time', [view, -1, nothing]],
  ['wait', 'no time that is a number', [view, NaN, nothing]],
  ['wait', 'no function', [view, 0, {}]],
  ['ownForThread', 'no record', [view]],
  ['ownForThread', 'a group for a record', [view, shared(16)]],
  ['takeOverInThread', 'no record', [view]],
  ['release', 'no id', []],
  ['cancel', 'no id', []],
  ['ref', 'a number', [1]],
  ['nativeHandle', 'nothing for the runtime', [view]],
  ['startPromises', 'no function', [undefined, results, nothing, nothing]],
  ['startPromises', 'no function for the poll phase', [nothing, results, undefined, nothing]],
  ['startPromises', 'no function for its own releases', [nothing, results, nothing, undefined]],
  ['startPromises', 'no results', [nothing, undefined, nothing, nothing]],
  [
    'startPromises',
    'results that can be detached',
    [nothing, new Int32Array(1024), nothing, nothing],
  ],
  ['startPromises', 'results that are too short', [nothing, view, nothing, nothing]],
])('%s() refuses %s', (name, _, args) => expectRefusal(name, args))

test('before startPromises(), nothing can be awaited', () => {
  expectRefusal('waitAsync', [view])
  expectRefusal('cancel', [1])
  expectRefusal('callInPollPhase', [])
  expect(native['collect']?.()).toBe(0)
  expect(native['isAwaited']?.(view)).toBe(false)
})

test('ids that are not in use do nothing', () => {
  expect(native['release']?.(12345)).toBe(0)
  native['startPromises']?.(nothing, results, nothing, nothing)
  expectRefusal('startPromises', [nothing, results, nothing, nothing])
  expect(native['cancel']?.(0)).toBe(0)
  expect(native['cancel']?.(12345)).toBe(0)
})
