import { describe, expect, test } from 'vitest'
import { Child } from '../helpers/child'

const ROUNDS = 50

describe.concurrent('workers are the only ones to load the addon, one after the other', () => {
  // Counter and waiters at the end of each: a wait that is given up is counted no more.
  test.each([
    { end: 'nothing', left: '0 0' },
    { end: 'guards', left: '0 0' },
    { end: 'promise waits', left: '1 0' },
    { end: 'a promise wait that was settled', left: '0 0' },
    { end: 'threads', left: '0 0' },
    { end: 'all of it, and a throw', left: '0 0' },
  ])('and end with $end', async ({ end, left }) => {
    const ended = await Child.node('threads/fixtures/stay-loaded.mjs', [end, String(ROUNDS)]).ended
    const loaded = process.platform === 'linux' ? 'loaded true\n' : ''
    expect(ended).toEqual({
      code: 0,
      signal: null,
      stdout: `${left}\n`.repeat(ROUNDS) + loaded,
      stderr: '',
    })
  })
})
