// Counts primes in a pool of threads, and awaits them:
//
//   node main.mjs [LIMIT …]
//
// Needs piscina: npm install piscina
import { Piscina } from 'piscina'
import { WaitGroup } from 'futex-waitgroup'

const limits = process.argv.slice(2).map(Number)
if (limits.length === 0) limits.push(10_000, 20_000, 30_000, 40_000)

const pool = new Piscina({
  filename: new URL('count-primes.mjs', import.meta.url).href,
  maxThreads: 2,
})
const tasks = new WaitGroup()
tasks.add(limits.length)
const counts = limits.map((limit) => pool.run({ limit, tasks }))

// Not tasks.wait(): a pool starts its next task when this thread's event loop runs.
while (!(await tasks.waitAsync({ timeout: 100 }))) console.error(`${tasks.count} tasks left`)

for (const [index, count] of (await Promise.all(counts)).entries()) {
  console.log(`${count} primes up to ${limits[index]}`)
}
await pool.destroy()
