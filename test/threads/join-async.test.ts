import { expect, test } from 'vitest'
import { runJson } from '../helpers/run-json'

const BAD_TYPE = 'ERR_INVALID_ARG_TYPE'

test.concurrent.each([
  ['a thread that ends', [true, 0, 'the loop turned', true]],
  ['a thread that fails', [true, 'Error: boom']],
  ['a thread that is terminated', [true, false]],
  ['a thread that has ended', [true, true]],
  ['a time-out', [false, false, null]],
  ['a signal', ['AbortError', 'AbortError', 'mine']],
  ['other threads of the group', [true, 1]],
  ['right after the wait for its group', true],
  ['bad options', [BAD_TYPE, BAD_TYPE, 'ERR_OUT_OF_RANGE', BAD_TYPE, BAD_TYPE]],
  ['keeps an unreferenced thread', true],
])('joinAsync(): %s', async (name, found) => {
  expect(await runJson('threads/fixtures/join-async.mjs', [name])).toEqual(found)
})
