// node pool.mjs [wait|waitAsync|terminate]: native threads hash 100,000 blocks. `wait` blocks this thread for
// them, `waitAsync` awaits them; `terminate` ends a worker in the middle of that, and the pool drops the rest.
import assert from 'node:assert'
import { createHash, randomFillSync } from 'node:crypto'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { isMainThread, parentPort, Worker } from 'node:worker_threads'
import { WaitGroup } from 'futex-waitgroup'

/**
 * @type {{ submit: (wg: WaitGroup, bytes: Uint8Array, blockBytes: number) => object,
 *          digests: (batch: object) => Buffer }}
 */
const pool = createRequire(import.meta.url)('./build/Release/pool.node')

const BLOCKS = 100_000
const BYTES = 64
const [how = 'wait'] = process.argv.slice(2)

/** @param {Uint8Array} input */
async function hash(input) {
  const wg = new WaitGroup()
  const batch = pool.submit(wg, input, BYTES)
  if (how === 'waitAsync') await wg.waitAsync()
  else wg.wait()
  return pool.digests(batch)
}

if (!isMainThread) {
  const wg = new WaitGroup()
  for (let i = 0; i < 50; i++) pool.submit(wg, new Uint8Array(BLOCKS * BYTES), BYTES)
  parentPort?.postMessage(wg.count)
  wg.wait()
} else if (how === 'terminate') {
  const worker = new Worker(new URL(import.meta.url))
  const [count] = await once(worker, 'message')
  const start = performance.now()
  await worker.terminate()
  const time = Math.round(performance.now() - start)
  console.log(`terminated with up to ${count} blocks in the queue, in ${time} ms`)
} else {
  const input = randomFillSync(new Uint8Array(BLOCKS * BYTES))
  const start = performance.now()
  const digests = await hash(input)
  const time = Math.round(performance.now() - start)
  for (let i = 0; i < BLOCKS; i++) {
    const block = input.subarray(i * BYTES, (i + 1) * BYTES)
    const digest = createHash('sha256').update(block).digest()
    assert(digest.equals(digests.subarray(i * 32, (i + 1) * 32)), `block ${i}`)
  }
  console.log(`${BLOCKS} blocks in ${time} ms by ${how}(): all digests are right`)
}
