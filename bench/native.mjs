import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { WaitGroup } from 'futex-waitgroup'
import { interleave, interleaveAsync, now } from './measure.mjs'

const require = createRequire(import.meta.url)
const source = fileURLToPath(new URL('native.cc', import.meta.url))
const output = fileURLToPath(new URL('../.cache/bench/native.node', import.meta.url))
const CALLS = 2_000_000
const JOBS = 100_000

/** Node-API's headers, beside the running Node or the system's. */
const headers = [path.resolve(process.execPath, '../../include/node'), '/usr/include/node'].find(
  (folder) => existsSync(path.join(folder, 'node_api.h')),
)

function build() {
  mkdirSync(path.dirname(output), { recursive: true })
  const { include_dir } = require('futex-waitgroup/include')
  const flags = ['-std=c++17', '-O2', '-pthread', '-shared', '-fPIC']
  execFileSync('c++', [...flags, `-I${include_dir}`, `-I${headers}`, source, '-o', output])
  return require(output)
}

/** @type {import('./measure.mjs').Row} */
export default {
  name: 'native',
  missing() {
    if (process.platform !== 'linux') return 'it is for Linux'
    if (headers === undefined) return "Node-API's headers are missing"
    return spawnSync('c++', ['--version']).error === undefined ? undefined : 'there is no c++'
  },
  async run({ quick }) {
    const addon = build()
    const wg = new WaitGroup()
    const done = interleave(
      quick ? 3 : 31,
      () => addon.done(wg, CALLS),
      () => addon.atomic(CALLS),
    )
    /** @type {import('./measure.mjs').Line[]} */
    const lines = [
      { name: 'done() of a native thread; theirs: one atomic', unit: 'ns', ...done, target: 1.6 },
    ]
    for (const microseconds of quick ? [0, 1] : [0, 1, 10, 100]) {
      const jobs = JOBS / Math.max(1, microseconds)
      for (const threads of [1, 2]) {
        const size = [jobs, threads, microseconds * 1000]
        const blocking = () => {
          const start = now()
          const group = addon.group(wg, ...size)
          wg.wait()
          const time = now() - start
          addon.release(group)
          return time / jobs
        }
        const awaiting = async () => {
          const start = now()
          const group = addon.group(wg, ...size)
          await wg.waitAsync()
          const time = now() - start
          addon.release(group)
          return time / jobs
        }
        const latch = () => {
          const start = now()
          addon.latch(...size)
          return (now() - start) / jobs
        }
        /** @param {number} calls @param {(callback: () => void, ...size: number[]) => void} start */
        const called = async (calls, start) => {
          const began = now()
          await new Promise((/** @type {(value?: undefined) => void} */ resolve) => {
            let left = calls
            start(() => --left === 0 && resolve(), ...size)
          })
          return (now() - began) / jobs
        }
        const title = `a job of ${microseconds} µs, ${threads} ${threads === 1 ? 'thread' : 'threads'}`
        lines.push(
          {
            name: `${title}; theirs: a native latch`,
            unit: 'ns',
            ...interleave(quick ? 3 : 15, blocking, latch, 2),
            ...(microseconds > 0 ? { target: 1.05 } : {}),
          },
          {
            name: `${title}; theirs: a call of JavaScript`,
            unit: 'ns',
            ...(await interleaveAsync(
              quick ? 3 : 7,
              () => Promise.resolve(blocking()),
              () => called(jobs, addon.calls),
              1,
            )),
            ...(microseconds > 0 ? {} : { target: 1 / 8 }),
          },
          {
            name: `${title}, awaited; theirs: one call of JavaScript`,
            unit: 'ns',
            ...(await interleaveAsync(quick ? 3 : 15, awaiting, () => called(1, addon.lastCalls))),
          },
        )
      }
    }
    return lines
  },
}
