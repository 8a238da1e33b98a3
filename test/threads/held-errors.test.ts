// An error event that nobody listens for waits for a program that awaits its thread.
import { describe, expect, test } from 'vitest'
import { Child } from '../helpers/child'

const FIXTURE = 'threads/fixtures/held-errors.mjs'
const lines = (...texts: string[]) => texts.map((text) => `${text}\n`).join('')
const range = (length: number) => Array.from({ length }, (_, i) => i)

describe.concurrent('the program has read every error: it goes on', () => {
  test.each([
    ['many threads die during one wait, and are read after it', range(12).map((i) => `read ${i}`)],
    ['a wait on the thread itself', ['joined true', 'read of the thread']],
    ['result is read', ['thrown of run']],
    [
      'a wait that begins after the death',
      ['joined true', 'read before the wait', 'read after it'],
    ],
    ['a wait that is aborted, and errors that are read', ['aborted', 'read early', 'read late']],
    ['the same memory under another view', ['read seen through another buffer']],
    ['a listener that is added while the error is held', ['heard heard']],
    [
      'a monitor of an error that was read',
      ['read seen by a monitor', 'monitor: seen by a monitor'],
    ],
  ])('%s', async (name, expected) => {
    const ended = await Child.node(FIXTURE, [name]).ended
    expect(ended).toExitCleanly()
    // The event of a thread may come before or after the end of a wait for it.
    expect(ended.stdout.trimEnd().split('\n').sort()).toEqual([...expected].sort())
  })

  test('nested groups', async () => {
    const ended = await Child.node(FIXTURE, ['nested groups']).ended
    expect(ended).toExitCleanly()
    const read = ended.stdout.trimEnd().split('\n').sort()
    expect(read).toEqual(
      [...range(3).flatMap((i) => [`read ${i} a`, `read ${i} b`]), 'all of 6'].sort(),
    )
  })
})

describe.concurrent('the program has not read an error: it ends of it', () => {
  test.each([
    ['a thread dies during a wait, and is not read', ['read read', 'told'], 'unread'],
    ['one of many is not read', range(4).map((i) => `read ${i + 1}`), '0'],
    ['a wait that times out, and an error that is not read', ['reached false'], 'unread'],
    ['a wait that is aborted, and an error that is not read', ['aborted'], 'unread'],
    ['a wait on another group', [], 'not awaited'],
    ['the process ends by itself when errors are unread', [], 'unread'],
  ])('%s', async (name, expected, message) => {
    expect(await Child.node(FIXTURE, [name]).ended).toExit({
      code: 1,
      stdout: lines(...expected),
      stderr: new RegExp(`TypeError.*: ${message}\n`),
    })
  })
})

test('a monitor gets an error once, although it was held', async () => {
  const ended = await Child.node(FIXTURE, ['a monitor of an error that is not read']).ended
  expect(ended).toExitCleanly('monitor: unread\nmonitor once: unread\nuncaught unread\n')
})

test('a held error has the async context that it has as an event of a Worker', async () => {
  const ended = await Child.node(FIXTURE, ['the context of an error']).ended
  expect(ended).toExitCleanly('uncaught of the thread\n')
})

test('a handler of uncaught exceptions gets each error', async () => {
  const ended = await Child.node(FIXTURE, ['a handler of uncaught exceptions']).ended
  expect(ended).toExitCleanly()
  const expected = ['told', 'uncaught 0', 'uncaught 1', 'uncaught 2']
  expect(ended.stdout.trimEnd().split('\n').sort()).toEqual(expected)
})
