import { expect, test } from 'vitest'
import { resultOf } from './support/result-of'

// Node unloads an addon with its last environment (nodejs/node#41107).
test('the addon stays loaded when the only worker that loaded it is gone', async () => {
  expect(await resultOf('stay-loaded.mjs')).toEqual({ rounds: 50 })
})
