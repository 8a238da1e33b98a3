import { expect, test } from 'vitest'
import { Child } from '../helpers/child'

/** A process that should end by itself, long before this. */
const run = (name: string) => Child.node('wait-async/fixtures/keep-alive.mjs', [name]).ended

const ends: [name: string, code: number, stdout: string][] = [
  ['awaited', 0, 'answer true\n'],
  ['awaited with a time-out', 0, 'answer true\n'],
  ['awaited in a worker', 0, 'true\nworker 0\n'],
  ['settled, nothing left', 0, 'settled\n'],
  ['timed out, nothing left', 0, 'timed out 1 0\n'],
  ['aborted, nothing left', 0, 'aborted 100 0\n'],
  ['at zero, nothing left', 0, 'zero true\n'],
  ['process.exit', 5, ''],
  ['process.exit under wakes', 5, ''],
  ['waits begun while it exits', 0, 'exiting\n'],
]

test.for(ends)('a program ends as it should: %s', async ([name, code, stdout]) => {
  expect(await run(name)).toEqual({ code, signal: null, stdout, stderr: '' })
})

test.for([
  ['an uncaught throw', 'uncaught in main'],
  ['a throw in a continuation', 'uncaught in a continuation'],
] as const)('a program fails as it should: %s', async ([name, message]) => {
  const { stderr, ...end } = await run(name)
  expect(end).toEqual({ code: 1, signal: null, stdout: '' })
  expect(stderr).toContain(`Error: ${message}`)
})
