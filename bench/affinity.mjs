import { execFileSync } from 'node:child_process'
import { readlinkSync } from 'node:fs'

/** The calling thread's id in the system. Linux only. */
function thread() {
  return readlinkSync('/proc/thread-self').split('/').pop() ?? ''
}

/** The CPUs that the calling thread may run on, as taskset writes them: `0-3,8`. */
export function affinity() {
  const text = execFileSync('taskset', ['-p', '-c', thread()], { encoding: 'utf8' })
  return text.trim().split(' ').pop() ?? ''
}

/**
 * Holds the calling thread on `cpus`. Threads that it starts afterwards inherit it.
 *
 * @param {string} cpus
 */
export function pin(cpus) {
  execFileSync('taskset', ['-p', '-c', cpus, thread()], { stdio: ['ignore', 'ignore', 'inherit'] })
}
