/**
 * `node blocked-child.mjs SIDE THREADS`: a process whose threads are blocked. It prints 0 when they
 * are, then answers the lines of its input:
 *
 * `cpu N`: the nanoseconds of CPU time that it takes in each of the next N seconds, in which main
 * sleeps. `exit`: calls process.exit(), after it has told the time.
 */
import { writeSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { Worker } from 'node:worker_threads'
import { now, place, places, sleep } from './measure.mjs'
import { blocking } from './sides.mjs'

const [name, threads] = process.argv.slice(2)
const side = /** @type {import('./sides.mjs').Blocking} */ (name)
const buffer = places(1)
const group = new blocking[side](buffer, place(0))
group.add(1)
const workerData = { side, buffer, byteOffset: place(0) }
for (let i = 0; i < Number(threads); i++) {
  new Worker(new URL('blocked-thread.mjs', import.meta.url), { workerData })
}

/** @param {number} seconds */
function cpu(seconds) {
  return Array.from({ length: seconds }, () => {
    const start = now()
    const before = process.cpuUsage()
    sleep(1000)
    const { user, system } = process.cpuUsage(before)
    return ((user + system) * 1e3 * 1e9) / (now() - start)
  })
}

while (group.waiters < Number(threads)) await new Promise((resolve) => setTimeout(resolve, 5))
sleep(1000)
console.log(0)

for await (const line of createInterface(process.stdin)) {
  const [command, count] = line.split(' ')
  if (command === 'cpu') console.log(cpu(Number(count)).join(' '))
  if (command === 'exit') {
    writeSync(1, `${now()}\n`)
    process.exit()
  }
}
process.exit()
