import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { inTurn, line } from './measure.mjs'
import { localGroups } from './promise-sides.mjs'

const WAITS = 100_000
const CHILD = fileURLToPath(new URL('promise-memory-child.mjs', import.meta.url))

/** @typedef {{ heap: number, rss: number }} Growth Bytes for each wait. */

/**
 * Runs in its own process, since allocators rarely return memory.
 *
 * @param {string} side
 * @returns {Growth}
 */
function growth(side) {
  const args = ['--expose-gc', CHILD, side, String(WAITS)]
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }))
}

/** @type {import('./measure.mjs').Row} */
export default {
  async run({ quick }) {
    const names = ['plain', ...Object.keys(localGroups())]
    const sides = Object.fromEntries(names.map((name) => [name, () => growth(name)]))
    const { plain = [], ...rounds } = await inTurn(quick ? 3 : 5, sides, 0)
    /** @param {keyof Growth} key */
    const minusPlain = (key) =>
      Object.fromEntries(
        Object.entries(rounds).map(([name, growths]) => [
          name,
          growths.map((growth, i) => growth[key] - (plain[i]?.[key] ?? NaN)),
        ]),
      )
    // Without the promise itself. Only the RSS has the memory of C++.
    return [
      line('a pending promise wait: V8 heap', 'bytes', minusPlain('heap')),
      line('a pending promise wait: RSS', 'bytes', minusPlain('rss'), { limit: 512 }),
    ]
  },
}
