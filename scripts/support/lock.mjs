import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { cache, codeOf } from './tools.mjs'

/**
 * Waits until no other process of this checkout holds the lock `name`, then holds it until this
 * process exits. Each process first writes a file that is named after it, then looks for files of
 * others: of two, at least one sees the other, removes its own file and tries again. The file of a
 * process that was killed does not count.
 *
 * @param {string} name
 */
export async function lock(name) {
  const folder = path.join(cache, `${name}.lock`)
  const own = String(process.pid)
  const release = () => {
    rmSync(path.join(folder, own), { force: true })
  }
  process.once('exit', release)
  mkdirSync(folder, { recursive: true })
  for (let waited = false; ; waited = true) {
    writeFileSync(path.join(folder, own), '')
    const others = readdirSync(folder).filter((pid) => pid !== own)
    if (!others.some(isRunning)) {
      for (const dead of others) rmSync(path.join(folder, dead), { force: true })
      return
    }
    release()
    if (!waited) process.stderr.write(`${name}: waiting for the process that ${folder} names\n`)
    await sleep(100 + 200 * Math.random())
  }
}

/** @param {string} pid */
function isRunning(pid) {
  try {
    return process.kill(Number(pid), 0)
  } catch (error) {
    return codeOf(error) !== 'ESRCH'
  }
}
