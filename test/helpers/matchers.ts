// How a child process has ended, as one assertion: a failure prints all that is known about the end.
import { isDeepStrictEqual } from 'node:util'
import { expect } from 'vitest'

export interface Ended {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  /** After a kill by the timer, the last line says so. */
  stderr: string
}

/** An end that a test expects. A text must be equal, a regular expression must match. */
export interface ExpectedEnd {
  /** The exit code. Default: 0, or null where a signal is expected */
  code?: number
  /** Default: none. */
  signal?: NodeJS.Signals
  /** Default: anything. */
  stdout?: string | RegExp
  /** Default: empty. */
  stderr?: string | RegExp
}

declare module 'vitest' {
  // The name and the parameter are vitest's.
  // eslint-disable-next-line @typescript-eslint/no-unused-vars
  interface Matchers<T> {
    /** Exit code 0, no signal, an empty stderr; and this stdout, where one is given. */
    toExitCleanly(stdout?: string | RegExp): void
    toExit(expected: ExpectedEnd): void
  }
}

const SHOWN = 4000

/** The text, or both of its ends where it is long. */
function shown(text: string): string {
  if (text === '') return ' (empty)'
  const half = SHOWN / 2
  const cut =
    text.length > SHOWN
      ? `${text.slice(0, half)}\n[… ${text.length - SHOWN} characters …]\n${text.slice(-half)}`
      : text
  return `\n${cut.replaceAll(/^/gm, '    ')}`
}

function fits(actual: string, expected: string | RegExp | undefined): boolean {
  if (expected === undefined) return true
  return typeof expected === 'string' ? actual === expected : expected.test(actual)
}

const wanted = (expected: string | RegExp | undefined) =>
  expected === undefined
    ? ' anything'
    : expected instanceof RegExp
      ? ` to match ${expected}`
      : shown(expected)

function checkEnd(ended: Ended, expected: ExpectedEnd) {
  const { signal = null, stdout, stderr = '' } = expected
  const code = expected.code ?? (signal === null ? 0 : null)
  const pass =
    isDeepStrictEqual([ended.code, ended.signal], [code, signal]) &&
    fits(ended.stdout, stdout) &&
    fits(ended.stderr, stderr)
  return {
    pass,
    message: () =>
      `The process ended with code ${ended.code}, signal ${ended.signal}; ` +
      `expected ${pass ? 'anything but ' : ''}code ${code}, signal ${signal}.\n` +
      `stdout:${shown(ended.stdout)}\n  expected:${wanted(stdout)}\n` +
      `stderr:${shown(ended.stderr)}\n  expected:${wanted(stderr)}`,
  }
}

expect.extend({
  toExitCleanly: (ended: Ended, stdout?: string | RegExp) =>
    checkEnd(ended, stdout === undefined ? {} : { stdout }),
  toExit: (ended: Ended, expected: ExpectedEnd) => checkEnd(ended, expected),
})
