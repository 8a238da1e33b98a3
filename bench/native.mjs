import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { WaitGroup } from 'futex-waitgroup'
import { inTurn, line, now } from './measure.mjs'
import { headers, startPrograms } from './programs.mjs'

const require = createRequire(import.meta.url)
const source = fileURLToPath(new URL('native.cc', import.meta.url))
const output = fileURLToPath(new URL('../.cache/bench/native.node', import.meta.url))
const CALLS = 2_000_000
const JOBS = 100_000

function build() {
  mkdirSync(path.dirname(output), { recursive: true })
  const { include_dir } = require('futex-waitgroup/include')
  const flags = ['-std=c++17', '-O2', '-pthread', '-shared', '-fPIC']
  execFileSync('c++', [...flags, `-I${include_dir}`, `-I${headers}`, source, '-o', output])
  return require(output)
}

/** @type {import('./measure.mjs').Row} */
export default {
  missing() {
    if (process.platform !== 'linux') return 'it is for Linux'
    if (headers === undefined) return "Node-API's headers are missing"
    return spawnSync('c++', ['--version']).error === undefined ? undefined : 'there is no c++'
  },
  async run({ quick, programs }) {
    const addon = build()
    const wg = new WaitGroup()
    const go = startPrograms(programs, ['Go'])
    const done = await inTurn(quick ? 3 : 31, {
      ours: () => addon.done(wg, CALLS),
      'one atomic': () => addon.atomic(CALLS),
      ...go.figures('done', CALLS),
    })
    await go.end()
    const lines = [
      line('done() of a native thread', 'ns', done, { targets: { 'one atomic': 1.6 } }),
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
        const blocked = await inTurn(
          quick ? 5 : 11,
          {
            ours: blocking,
            'a native latch': latch,
            'a call for each job': () => called(jobs, addon.calls),
          },
          2,
        )
        const awaited = await inTurn(
          quick ? 5 : 11,
          { ours: awaiting, 'a call for all': () => called(1, addon.lastCalls) },
          2,
        )
        const targets =
          microseconds > 0 ? { 'a native latch': 1.05 } : { 'a call for each job': 1 / 8 }
        lines.push(
          line(title, 'ns', blocked, { targets }),
          line(`${title}, awaited`, 'ns', awaited),
        )
      }
    }
    return lines
  },
}
