/** `node --expose-gc promise-memory-child.mjs SIDE N`: prints the bytes per wait. */
import { localGroups } from './promise-sides.mjs'

const [side, count] = process.argv.slice(2)
const waits = Number(count)
const { gc } = globalThis
if (gc === undefined) throw new Error('needs --expose-gc')

const group = Object.entries(localGroups()).find(([name]) => name === side)?.[1]
const wait = () => group?.waitAsync() ?? new Promise(() => {})
group?.add(1)

/** @type {unknown[]} Keeps the promises alive. Has its full size before the measurement. */
const pending = new Array(waits).fill(0)

function used() {
  for (let i = 0; i < 5; i++) gc?.()
  // `external`: memory outside V8's heap that its objects hold, array buffers included.
  const { heapUsed, external, rss } = process.memoryUsage()
  return { heap: heapUsed + external, rss }
}

// Compiles the code and fills the caches before the measurement.
for (let i = 0; i < 100; i++) pending[i] = wait()
const before = used()
for (let i = 0; i < waits; i++) pending[i] = wait()
const after = used()
console.log(
  JSON.stringify({
    heap: (after.heap - before.heap) / waits,
    rss: (after.rss - before.rss) / waits,
  }),
)
process.exit(pending.length === waits ? 0 : 1)
