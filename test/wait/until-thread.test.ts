import { describe, expect, test } from 'vitest'
import { Child } from '../helpers/child'

const BAD = 'ERR_INVALID_ARG_TYPE'
const both: [name: string, found: unknown][] = [
  ['the thread has ended before', [false, false, 0]],
  ['the thread ends during the wait', true],
  ['the thread fails', [false, true, 'Error: boom']],
  ['the thread answers and runs on', [true, true]],
  ['the thread answers and ends', true],
  ['the group counts that thread alone', true],
  ['the thread ends between two looks', true],
  ['with a time-out', [[false, false], null, false]],
  ['an unreferenced thread', [false, false]],
  ['in a worker', [false, 0]],
  ['bad options', [BAD, BAD, BAD, BAD, BAD, BAD, false]],
  ['no deadlock: the thread has ended', true],
  ['a deadlock, after such a wait', [false, 'ERR_WAITGROUP_DEADLOCK']],
]
const awaited: [name: string, found: unknown][] = [
  ['with a signal', ['AbortError', 'AbortError', 0, false]],
  ['many waits on one thread', [3000, 0, true]],
  ['many threads, of which one ends', [1, [true, false, true]]],
]

async function check(name: string, way: string, found: unknown) {
  const ended = await Child.node('wait/fixtures/until-thread.mjs', [name, way]).ended
  expect(ended).toExitCleanly()
  expect(JSON.parse(ended.stdout)).toEqual(found)
}

describe.concurrent('wait({ thread })', () => {
  test.each(both)('%s', (name, found) => check(name, 'blocked', found))
})

describe.concurrent('waitAsync({ thread })', () => {
  test.each([...both, ...awaited])('%s', (name, found) => check(name, 'awaited', found))
})
