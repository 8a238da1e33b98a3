import { workerData } from 'node:worker_threads'

for (const value of workerData) {
  if (typeof value !== 'number') throw new TypeError('not a number', { cause: value })
  console.log(value)
}
