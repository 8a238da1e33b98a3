import { describe, expect, test } from 'vitest'
import { Child } from '../helpers/child'

/** A process that should end by itself. */
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

describe.concurrent('a program ends as it should', () => {
  test.each(ends)('%s', async (name, code, stdout) => {
    expect(await run(name)).toExit({ code, stdout })
  })
})

describe.concurrent('a program fails as it should', () => {
  test.each([
    ['an uncaught throw', /Error: uncaught in main/],
    ['a throw in a continuation', /Error: uncaught in a continuation/],
  ])('%s', async (name, message) => {
    expect(await run(name)).toExit({ code: 1, stdout: '', stderr: message })
  })
})
