// TypeScript that Node runs as it is, since it strips the types (Node 22.18 or later):
//
//   node main.mts
import { WaitGroup } from 'futex-waitgroup'
import type sum from './sum.mts'

const numbers = new Float64Array(new SharedArrayBuffer(8 * 1_000_000)).fill(0.5)
const middle = numbers.length / 2

const wg = new WaitGroup()
const threads = [[0, middle] as const, [middle, numbers.length] as const].map(([start, end]) =>
  // The type of the function types the arguments and the result.
  wg.run<typeof sum>(new URL('sum.mts', import.meta.url), [numbers, start, end]),
)
wg.wait()

const total: number = threads.reduce((all, thread) => all + thread.result, 0)
console.log(total)
