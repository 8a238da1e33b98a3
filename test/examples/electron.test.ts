import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { expect, test } from 'vitest'
import { Child } from '../helpers/child'
import { root } from '../helpers/paths'

const EXAMPLE = path.join(root, 'examples', 'electron')
const require = createRequire(__filename)

const PRIMES = 148_933

/** The binary, or why it is missing. */
function electron(): { binary: string } | { missing: string } {
  try {
    // In Node, the package is the path of its binary, which its install script downloads.
    const binary: unknown = require('electron')
    if (typeof binary === 'string' && existsSync(binary)) return { binary }
    return { missing: 'the package is there, but its binary was not downloaded' }
  } catch (error) {
    return { missing: String(error).split('\n')[0] ?? '' }
  }
}

const found = electron()
if ('missing' in found) console.warn(`not tested: examples/electron in Electron: ${found.missing}`)

test.runIf('binary' in found)('the window stays responsive while the threads run', async () => {
  if (!('binary' in found)) return
  // Chromium will not run as root with its sandbox, nor without a display.
  const args = ['--no-sandbox', '--headless', '--disable-gpu', path.join(EXAMPLE, 'main.cjs')]
  const child = new Child('env', ['EXAMPLE_ONCE=1', found.binary, ...args])
  const { code, stdout } = await child.ended
  expect(code).toBe(0)
  const [, primes, frames, ticks] =
    /^(\d+) primes, (\d+) frames and (\d+) ticks/m.exec(stdout) ?? []
  expect(Number(primes)).toBe(PRIMES)
  expect(Number(frames)).toBeGreaterThan(0)
  expect(Number(ticks)).toBeGreaterThan(0)
})

test.for(['main.cjs', 'preload.cjs', 'renderer.js', 'count.cjs', 'worker.cjs'])(
  '%s parses',
  (file) => {
    const { status, stderr } = spawnSync(process.execPath, ['--check', path.join(EXAMPLE, file)])
    expect({ status, stderr: String(stderr) }).toEqual({ status: 0, stderr: '' })
  },
)

test('its threads count, and the event loop of the thread that awaits them keeps turning', async () => {
  const { count } = require(path.join(EXAMPLE, 'count.cjs')) as {
    count: (threads: number) => Promise<{ primes: number; ticks: number }>
  }
  const { primes, ticks } = await count(4)
  expect(primes).toBe(PRIMES)
  expect(ticks).toBeGreaterThan(5)
})
