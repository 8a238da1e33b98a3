import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { WaitGroup } from 'futex-waitgroup'

test('util.inspect shows the counter and the waiters, and nothing else', () => {
  const wg = new WaitGroup()
  wg.add(3)
  expect(inspect(wg)).toBe('WaitGroup { count: 3, waiters: 0 }')
  expect(inspect({ wg }, { depth: 0 })).toBe('{ wg: WaitGroup { count: 3, waiters: 0 } }')
})
