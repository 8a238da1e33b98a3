import { describe, expect, test } from 'vitest'
import { byName } from '../helpers/by-name'
import { Child } from '../helpers/child'

/** What a process says that dies of a deadlock, and nothing of experimental features. */
function report(count: number, waiters: number): RegExp {
  const message = `all goroutines are asleep - deadlock! \\{ count: ${count}, waiters: ${waiters} \\}: .*`
  return new RegExp(
    `^\\S+\\n.*\\n +\\^\\n\\nWaitGroupError: ${message}\\n(    at .*\\n)+` +
      "  code: 'ERR_WAITGROUP_DEADLOCK'\\n}\\n\\nNode.js v[\\d.]+\\n$".replaceAll('}', '\\}'),
  )
}

describe.concurrent('a deadlock is reported', () => {
  test.each(
    byName([
      { name: 'a blocking wait, alone', count: 2, waiters: 1 },
      { name: 'a promise wait, alone', count: 2, waiters: 1 },
      { name: 'a promise wait that no code awaits', count: 1, waiters: 1 },
      { name: 'a promise wait in a beforeExit listener', count: 1, waiters: 1 },
      { name: 'a blocking wait beside a promise wait', count: 1, waiters: 2 },
      {
        name: 'a blocking wait for a done() that a terminated thread did not call',
        count: 1,
        waiters: 1,
      },
      {
        name: 'a blocking wait for a done() that none of many threads called',
        count: 1,
        waiters: 1,
      },
      { name: 'a blocking wait after a worker that has ended', count: 1, waiters: 1 },
      { name: 'a promise wait for a done() that a worker did not call', count: 1, waiters: 1 },
      { name: 'a promise wait after a join()', count: 1, waiters: 1 },
      { name: 'a promise wait after a doubt that has passed', count: 1, waiters: 1 },
      {
        name: "a promise wait after an unref'd timer that did something else",
        count: 1,
        waiters: 1,
      },
      { name: 'a promise wait after a MessageChannel that is closed', count: 1, waiters: 1 },
      { name: 'a blocking wait after a spawn that threw', count: 1, waiters: 1 },
      { name: 'a promise wait after a spawn that threw', count: 1, waiters: 1 },
      { name: 'a blocking wait after a new Worker that threw', count: 1, waiters: 1 },
      { name: 'a promise wait after a worker without listeners', count: 1, waiters: 1 },
      { name: 'a promise wait after a process without listeners', count: 1, waiters: 1 },
      { name: 'a promise wait after one with a time-out', count: 1, waiters: 1 },
      {
        name: 'a promise wait, and another one from a beforeExit listener',
        count: 1,
        waiters: 2,
      },
      {
        name: 'a promise wait beside a beforeExit listener that removes all of them',
        count: 1,
        waiters: 1,
      },
      { name: 'a blocking wait in a frozen process', count: 1, waiters: 1 },
    ]),
  )('%s', async (name, { count, waiters }) => {
    const ended = await Child.node('deadlock/fixtures/deadlock.mjs', [name]).ended
    expect(ended).toExit({ code: 1, stdout: '', stderr: report(count, waiters) })
    expect(ended.stderr).not.toContain('Warning')
  })

  test.each(['blocking', 'promise'])(
    'a %s wait for a done() that a spawned thread did not call, with its output',
    async (kind) => {
      const name = `a ${kind} wait for a done() that a spawned thread did not call`
      const ended = await Child.node('deadlock/fixtures/deadlock.mjs', [name]).ended
      expect(ended).toExit({ code: 1, stdout: 'I forgot\n', stderr: report(1, 1) })
    },
  )

  const deadlock = (advice: string, count = 1, waiters = 1): string =>
    `all goroutines are asleep - deadlock! { count: ${count}, waiters: ${waiters} }: ${advice}`
  const BLOCKED = deadlock(
    'no other thread is left to call done(). wait() blocks the event loop of this thread: ' +
      'if that loop should call done(), use waitAsync()',
  )
  const NOTHING = 'nothing is left that could call done()'

  test.each(
    byName([
      {
        name: 'several promise waits',
        lines: [
          [
            ['ERR_WAITGROUP_DEADLOCK', deadlock(NOTHING, 1, 2)],
            ['ERR_WAITGROUP_DEADLOCK', deadlock(NOTHING, 3, 1)],
            ['ERR_WAITGROUP_DEADLOCK', deadlock(NOTHING, 1, 2)],
          ],
          // None of them is counted any more.
          [0, 0],
        ],
      },
      {
        name: 'a blocking wait beside many workers that have ended',
        lines: [[`WaitGroupError: ${BLOCKED}`, 40]],
      },
      {
        name: 'a blocking wait after one that was reported',
        lines: [
          [`WaitGroupError: ${BLOCKED}`, 1, 0],
          [`WaitGroupError: ${BLOCKED}`, 1, 0],
          [true, 0],
        ],
      },
      {
        name: 'a promise wait after one that was reported',
        lines: [
          [`WaitGroupError: ${deadlock(NOTHING)}`, 1, 0],
          [`WaitGroupError: ${deadlock(NOTHING)}`, 1, 0],
          [true, 0],
        ],
      },
    ]),
  )('%s', async (name, { lines }) => {
    const ended = await Child.node('deadlock/fixtures/deadlock.mjs', [name]).ended
    expect(ended).toExitCleanly()
    const printed = ended.stdout.trimEnd().split('\n')
    expect(printed.map((line) => JSON.parse(line) as unknown)).toEqual(lines)
  })
})
