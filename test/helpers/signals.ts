import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { Child, type ChildOptions } from './child'

export const POSIX = process.platform !== 'win32'
export const LINUX = process.platform === 'linux'
/** Tells a delay from a hang; the machine may be busy. In seconds. */
export const LATE = 60

/** Whether a signal waits to be taken by some thread: another of its kind would be lost in it. */
function pending(pid: number): boolean {
  return !/^ShdPnd:\t0+$/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
}

/** Where signals can be aimed at. On Linux, kill() with the number of a thread prefers it. */
function targets(pid: number): number[] {
  return LINUX ? readdirSync(`/proc/${pid}/task`).map(Number) : [pid]
}

/** Settles once the process is stopped. */
export async function stopped(pid: number): Promise<void> {
  const state = () =>
    LINUX
      ? /^State:\t(.)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
      : execFileSync('ps', ['-o', 'state=', '-p', `${pid}`], { encoding: 'utf8' })[0]
  while (state() !== 'T') await sleep(1)
}

/** Sends so many handled signals to a process whose threads wait: no wait ends early, no time-out late. */
export async function checkSignals(count: number, options: ChildOptions = {}): Promise<void> {
  const child = Child.node('wait/fixtures/signals.mjs', [], options)
  await child.printedLine('blocked')
  const { pid } = child
  const threads = targets(pid)
  let sent = 0
  while (sent < count) {
    // In bursts, so that this process too lets its timers run.
    for (let i = 0; i < 500; i++, sent++) {
      process.kill(threads[sent % threads.length] ?? pid, 'SIGUSR2')
      if (LINUX) while (pending(pid));
      // One stop in the middle, as Ctrl-Z does.
      if (sent === count / 2) {
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
}
