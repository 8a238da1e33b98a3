// A worker that is terminated while it starts threads. Its guards once pointed to memory that was
// collected where the termination came between two calls of spawn().
import { expect, test } from 'vitest'
import { runJson } from '../helpers/run-json'

test('the threads of a worker that dies count down once, and use no memory that is gone', async () => {
  expect(await runJson('threads/fixtures/terminated-parents.mjs', ['15'])).toBe(15)
})
