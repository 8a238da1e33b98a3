import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { missing } from './promises.mjs'

const WAITS = 100_000
const CHILD = fileURLToPath(new URL('promise-memory-child.mjs', import.meta.url))

/** @typedef {{ heap: number, rss: number }} Growth Bytes for each wait. */

/**
 * Runs in its own process, since allocators rarely return memory.
 *
 * @param {'ours' | 'theirs' | 'plain'} side
 * @returns {Growth}
 */
function growth(side) {
  const args = ['--expose-gc', CHILD, side, String(WAITS)]
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }))
}

/** @type {import('./measure.mjs').Row} */
export default {
  name: 'promise-memory',
  missing,
  run({ quick }) {
    const rounds = Array.from({ length: quick ? 1 : 5 }, () => {
      const plain = growth('plain')
      return { plain, ours: growth('ours'), theirs: growth('theirs') }
    })
    /** @param {string} name @param {keyof Growth} key */
    const line = (name, key) => ({
      name,
      unit: 'bytes',
      ours: rounds.map(({ ours, plain }) => ours[key] - plain[key]),
      theirs: rounds.map(({ theirs, plain }) => theirs[key] - plain[key]),
    })
    // Without the promise itself. Only the RSS has the memory of C++.
    return [
      line('a pending promise wait: V8 heap', 'heap'),
      { ...line('a pending promise wait: RSS', 'rss'), limit: 512 },
    ]
  },
}
