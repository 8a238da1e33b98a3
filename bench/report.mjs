import os from 'node:os'
import { quantile } from './measure.mjs'

/** @import { Line } from './measure.mjs' */

/** The machine and versions that the figures belong to. */
export function machine() {
  const cpus = os.cpus()
  return {
    cpu: cpus[0]?.model.trim() ?? 'unknown CPU',
    cores: cpus.length,
    os: `${os.type()} ${os.release()} ${os.machine()}`,
    node: process.version,
    date: new Date().toISOString().slice(0, 10),
  }
}

/**
 * Medians of the rounds. The ratio is the median of the rounds' ratios, not the ratio of the
 * medians: other load on the machine slows both halves of a round.
 *
 * @param {Line} line
 */
export function summary({ name, unit, ours, theirs, target, limit }) {
  const ratios = ours.map((value, i) => value / (theirs[i] ?? NaN))
  const ratio = quantile(ratios, 0.5)
  return {
    name,
    unit,
    ours: quantile(ours, 0.5),
    theirs: quantile(theirs, 0.5),
    ratio,
    ...(ratios.length > 1 && { middleHalf: [quantile(ratios, 0.25), quantile(ratios, 0.75)] }),
    ...(target !== undefined && { target: `≤ ${target}`, met: ratio <= target }),
    ...(limit !== undefined && {
      target: `≤ ${amount(limit, unit)}`,
      met: quantile(ours, 0.5) <= limit,
    }),
  }
}

/** @typedef {ReturnType<typeof summary>} Summary */

/** @param {number} value */
function digits(value) {
  if (value < 0.0995) return value.toFixed(3)
  return value >= 99.95 ? value.toFixed(0) : value >= 9.995 ? value.toFixed(1) : value.toFixed(2)
}

/** @param {number} value @param {string} unit */
function amount(value, unit) {
  if (unit !== 'ns') return `${value.toFixed(0)} ${unit}`
  if (value < 1e3) return `${digits(value)} ns`
  return value < 1e6 ? `${digits(value / 1e3)} µs` : `${digits(value / 1e6)} ms`
}

/** @param {Summary} s */
function cells(s) {
  const [low, high] = s.middleHalf ?? []
  const spread = low === undefined || high === undefined ? '' : ` (${digits(low)}–${digits(high)})`
  return [
    s.name,
    amount(s.ours, s.unit),
    amount(s.theirs, s.unit),
    digits(s.ratio) + spread,
    s.target === undefined ? '' : `${s.target}: ${s.met ? 'met' : '**missed**'}`,
  ]
}

/**
 * A Markdown table and the lines above it, ready to paste.
 *
 * @param {ReturnType<typeof machine>} m
 * @param {Summary[]} summaries
 */
export function markdown(m, summaries) {
  const rows = [['', 'futex-waitgroup', 'Atomics', 'ratio', 'target'], ...summaries.map(cells)]
  const widths = [0, 1, 2, 3, 4].map((i) => Math.max(4, ...rows.map((row) => row[i]?.length ?? 0)))
  const lines = rows.map(
    (row) =>
      `| ${row.map((cell, i) => (i === 0 || i === 4 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(' | ')} |`,
  )
  const rule = widths.map((width, i) =>
    i === 0 || i === 4 ? '-'.repeat(width) : '-'.repeat(width - 1) + ':',
  )
  lines.splice(1, 0, `| ${rule.join(' | ')} |`)
  const head = `${m.cpu}, ${m.cores} cores, Node ${m.node}, ${m.os}, ${m.date}.`
  return `${head}\nRatio: ours to theirs, less is better; in brackets the middle half of the rounds.\n\n${lines.join('\n')}\n`
}
