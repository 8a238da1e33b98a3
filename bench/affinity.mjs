import { execFileSync } from 'node:child_process'
import { readlinkSync } from 'node:fs'

/** The operating system's id of the calling thread. Linux only. */
function thread() {
  return readlinkSync('/proc/thread-self').split('/').pop() ?? ''
}

/** The CPUs that the calling thread may run on, in the format of taskset: `0-3,8`. */
export function affinity() {
  const text = execFileSync('taskset', ['-p', '-c', thread()], { encoding: 'utf8' })
  return text.trim().split(' ').pop() ?? ''
}

/** The first and the last of these CPUs. */
export function twoCpus() {
  const numbers = affinity().split(/[-,]/)
  return { first: numbers[0] ?? '', last: numbers.at(-1) ?? '' }
}

/**
 * Pins the calling thread to `cpus`. Threads that it starts later inherit this.
 *
 * @param {string} cpus
 */
export function pin(cpus) {
  execFileSync('taskset', ['-p', '-c', cpus, thread()], { stdio: ['ignore', 'ignore', 'inherit'] })
}
