import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { Child } from '../helpers/child'
import { checkSignals, LATE, LINUX, POSIX, stopped } from '../helpers/signals'

if (!POSIX) console.warn('not tested: signals, SIGSTOP and SIGINT, which only POSIX has')
else if (!LINUX) {
  console.warn('not tested: signals to each thread, and that each arrives, which need /proc')
}

describe.runIf(POSIX)('signals during wait()', () => {
  // The stress run sends ten thousand and more.
  test('handled signals end no wait early and no time-out late', () => checkSignals(2000))

  test('a time-out that passes while the process is stopped comes right after', async () => {
    const child = Child.node('wait/fixtures/sigstop.mjs')
    await child.printedLine('blocked')
    child.kill('SIGSTOP')
    await stopped(child.pid)
    // Longer than the two short time-outs: the length of the stop is the point here.
    await sleep(700)
    const resumed = Number(process.hrtime.bigint())
    child.kill('SIGCONT')
    const ended = await child.ended
    expect(ended).toExitCleanly()
    const { stdout } = ended
    const lines = stdout.trim().split('\n').slice(1)
    expect(lines.length).toBe(4)
    for (const line of lines) {
      const wait = JSON.parse(line) as { timeout: number; start: number; end: number }
      const due = wait.start + wait.timeout * 1e6
      expect(wait.end).toBeGreaterThanOrEqual(due)
      expect(wait.end).toBeLessThan(Math.max(due, resumed) + LATE * 1e9)
    }
  })

  test('Ctrl-C without a handler kills a process that is blocked', async () => {
    const child = Child.node('wait/fixtures/sigstop.mjs')
    await child.printedLine('blocked')
    child.kill('SIGINT')
    expect(await child.ended).toMatchObject({ code: null, signal: 'SIGINT', stderr: '' })
  })
})
