/** What has become worse since the committed baseline. */
import { ratioText } from './report.mjs'

/** @import { Compared, Run, Summary } from './report.mjs' */

/** @param {Summary} line */
function title({ row, name, size }) {
  return `${row}: ${name}${size === undefined ? '' : `, n = ${size.toLocaleString('en')}`}`
}

/**
 * Whether the middle halves of the two do not overlap. A line with a single round has none.
 *
 * @param {Compared} now
 * @param {Compared} before
 */
function isWorse({ middleHalf: now }, { middleHalf: before }) {
  return now !== undefined && before !== undefined && now[0] > before[1]
}

/**
 * Compares the ratios of two runs, never their times: those depend on the machine.
 *
 * @param {Run} run
 * @param {Run} baseline
 * @returns {string} Lines of text.
 */
export function check(run, baseline) {
  const before = new Map(baseline.lines.map((line) => [title(line), line]))
  /** @type {string[]} */
  const worse = []
  let compared = 0
  for (const line of run.lines) {
    for (const [competitor, now] of Object.entries(line.theirs)) {
      const then = before.get(title(line))?.theirs[competitor]
      if (then === undefined) continue
      compared++
      if (isWorse(now, then)) {
        worse.push(`  ${title(line)}: ${ratioText(then)} → ${ratioText(now)} × ${competitor}\n`)
      }
    }
  }
  const { cpu, node, date } = baseline.machine
  const head = `${compared} ratios compared with those of ${date} (${cpu}, Node ${node}): `
  if (worse.length === 0) return `${head}none is worse by more than its spread\n`
  return `${head}${worse.length} worse by more than their spread\n${worse.join('')}`
}
