/**
 * How a thread can end. `body` is the task, at the top level of a module.
 *
 * @typedef {object} Death
 * @property {string} name
 * @property {string} [body] undefined: the script does not exist
 * @property {string} [imports] code above the task
 * @property {import('node:worker_threads').ResourceLimits} [resourceLimits]
 * @property {'as it starts' | 'once it runs' | 'with its parent'} [terminated]
 */

/** Tells the parent that the thread runs. */
const RUNS = `Atomics.store(workerData, 1, 1)
  Atomics.notify(workerData, 1)`

/** @type {readonly Death[]} */
export const deaths = [
  { name: 'normal end', body: '' },
  { name: 'normal end, printed a line', body: "console.log('hello')" },
  { name: 'normal end, printed 1 MB', body: "process.stdout.write('x'.repeat(2 ** 20))" },
  { name: 'throws', body: "throw new TypeError('boom')" },
  { name: 'rejects', body: "await Promise.reject(new TypeError('boom'))" },
  {
    name: 'throws in a callback',
    body: "await new Promise(() => setImmediate(() => { throw new TypeError('boom') }))",
  },
  { name: 'awaits for ever', body: 'await new Promise(() => {})' },
  { name: 'syntax error', body: ')' },
  { name: 'missing file' },
  { name: 'missing import', imports: "import './missing.mjs'", body: '' },
  { name: '`process.exit(3)`', body: 'process.exit(3)' },
  {
    name: 'heap limit',
    body: "const a = []; for (let i = 0; ; ) a.push({ x: 'y'.repeat(100) + i++, z: [i] })",
    resourceLimits: { maxOldGenerationSizeMb: 20 },
  },
  { name: 'stack overflow', body: 'const f = () => 1 + f(); f()' },
  { name: '`terminate()` as it starts', body: '', terminated: 'as it starts' },
  {
    name: '`terminate()` while it computes',
    body: `${RUNS}; for (;;);`,
    terminated: 'once it runs',
  },
  {
    name: '`terminate()` while it blocks',
    body: `${RUNS}; Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)`,
    terminated: 'once it runs',
  },
  {
    name: 'its parent is terminated',
    body: `${RUNS}; for (;;);`,
    terminated: 'with its parent',
  },
]

/**
 * A thread's script. With Atomics it counts down by itself: workerData[0] is the counter.
 *
 * @param {Death} death
 * @param {boolean} byAtomics
 */
export function scriptOf({ imports = '', body = '' }, byAtomics) {
  const head = `import { workerData } from 'node:worker_threads'\n${imports}\n`
  if (!byAtomics) return `${head}\n  ${body}\n`
  return `${head}
try {
  ${body}
} finally {
  Atomics.sub(workerData, 0, 1)
  Atomics.notify(workerData, 0)
}
`
}
