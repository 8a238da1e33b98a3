import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { Child } from '../helpers/child'

const POSIX = process.platform !== 'win32'
const LINUX = process.platform === 'linux'
if (!POSIX) console.warn('not tested: signals, SIGSTOP and SIGINT, which only POSIX has')
else if (!LINUX) {
  console.warn('not tested: signals to each thread, and that each arrives, which need /proc')
}

const SIGNALS = 10_000

/** Tells a delay from a hang; the machine may be busy. In seconds. */
const LATE = 60

/** Whether a signal waits to be taken by some thread: another of its kind would be lost in it. */
function pending(pid: number): boolean {
  return !/^ShdPnd:\t0+$/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
}

/** Where signals can be aimed at. On Linux, kill() with the number of a thread prefers it. */
function targets(pid: number): number[] {
  return LINUX ? readdirSync(`/proc/${pid}/task`).map(Number) : [pid]
}

/** Settles once the process is stopped. */
async function stopped(pid: number): Promise<void> {
  const state = () =>
    LINUX
      ? /^State:\t(.)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
      : execFileSync('ps', ['-o', 'state=', '-p', `${pid}`], { encoding: 'utf8' })[0]
  while (state() !== 'T') await sleep(1)
}

describe.runIf(POSIX)('signals during wait()', () => {
  test(`${SIGNALS} handled signals end no wait early and no time-out late`, async () => {
    const child = Child.node('wait/fixtures/signals.mjs')
    await child.printedLine('blocked')
    const { pid } = child
    const threads = targets(pid)
    let sent = 0
    while (sent < SIGNALS) {
      // In bursts, so that this process too lets its timers run.
      for (let i = 0; i < 500; i++, sent++) {
        process.kill(threads[sent % threads.length] ?? pid, 'SIGUSR2')
        if (LINUX) while (pending(pid));
        // One stop in the middle, as Ctrl-Z does.
        if (sent === SIGNALS / 2) {
          child.kill('SIGSTOP')
          await stopped(pid)
          child.kill('SIGCONT')
        }
      }
      await sleep(0)
    }
    child.tell('enough')
    const ended = await child.ended
    expect(ended).toExitCleanly()
    const { stdout } = ended
    const { latest, timeOuts } = JSON.parse(stdout.replace('blocked\n', '')) as {
      latest: number
      timeOuts: number
    }
    expect(timeOuts).toBeGreaterThan(10)
    expect(latest).toBeLessThan(LATE)
  })

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
