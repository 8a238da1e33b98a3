/** Figures from the lines of the rows, and the tables. */
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
 * All that is known of a run. `--json` writes it; `--from` and `--check` read it.
 *
 * @typedef {object} Run
 * @property {ReturnType<typeof machine>} machine
 * @property {boolean} quick
 * @property {boolean} pinned
 * @property {Summary[]} lines
 *
 * @typedef {object} Summary
 * @property {string} row
 * @property {string} name
 * @property {number | undefined} [size]
 * @property {string} unit
 * @property {number} ours
 * @property {number | undefined} [limit] The greatest acceptable figure of ours.
 * @property {Record<string, Compared>} theirs By competitor.
 *
 * @typedef {object} Compared
 * @property {number} figure Theirs.
 * @property {number | null} ratio Of ours to theirs. null: theirs is 0.
 * @property {[number, number]} [middleHalf] Of the rounds' ratios. Missing if there is one round.
 * @property {number} [target] The greatest acceptable ratio.
 */

/**
 * Medians of the rounds. The ratio is the median of the rounds' ratios, not the ratio of the
 * medians: other load on the machine slows all sides of a round.
 *
 * @param {string} row
 * @param {Line} line
 * @returns {Summary}
 */
export function summary(row, { name, size, unit, ours, theirs, targets, limit }) {
  /** @param {string} competitor @param {number[]} figures @returns {Compared} */
  const compared = (competitor, figures) => {
    const ratios = ours.map((value, i) => value / (figures[i] ?? NaN))
    /** @param {number} q */
    const ratio = (q) => quantile(ratios, q)
    const goal = targets?.[competitor]
    return {
      figure: quantile(figures, 0.5),
      ratio: Number.isFinite(ratio(0.5)) ? ratio(0.5) : null,
      ...(ratios.length > 1 &&
        Number.isFinite(ratio(0.75)) && { middleHalf: [ratio(0.25), ratio(0.75)] }),
      ...(goal !== undefined && { target: goal }),
    }
  }
  return {
    row,
    name,
    ...(size !== undefined && { size }),
    unit,
    ours: quantile(ours, 0.5),
    ...(limit !== undefined && { limit }),
    theirs: Object.fromEntries(
      Object.entries(theirs).map(([competitor, figures]) => [
        competitor,
        compared(competitor, figures),
      ]),
    ),
  }
}

/** @param {number} value */
export function digits(value) {
  if (value < 0.0995) return value.toFixed(3)
  return value >= 99.95 ? value.toFixed(0) : value >= 9.995 ? value.toFixed(1) : value.toFixed(2)
}

/** @param {number} value @param {string} unit */
export function amount(value, unit) {
  if (unit === '% of a core') return `${digits(value)} %`
  if (unit !== 'ns') return `${value.toFixed(0)} ${unit}`
  if (value < 1e3) return `${digits(value)} ns`
  if (value < 1e6) return `${digits(value / 1e3)} µs`
  return value < 1e9 ? `${digits(value / 1e6)} ms` : `${digits(value / 1e9)} s`
}

/** @param {Compared} compared */
export function ratioText({ ratio, middleHalf }) {
  const spread = middleHalf === undefined ? '' : ` (${middleHalf.map(digits).join('–')})`
  return ratio === null ? '' : `${digits(ratio)}${spread}`
}

/** @param {number} value @param {number} limit */
function verdict(value, limit) {
  return value <= limit ? 'met' : '**missed**'
}

/** @param {Summary} summary */
function targets({ unit, ours, limit, theirs }) {
  const ratios = Object.entries(theirs).flatMap(([competitor, { ratio, target }]) =>
    target === undefined || ratio === null
      ? []
      : [`${digits(target)} × ${competitor}: ${verdict(ratio, target)}`],
  )
  return limit === undefined
    ? ratios
    : [`${amount(limit, unit)}: ${verdict(ours, limit)}`, ...ratios]
}

/**
 * One table: a column for each competitor, whose cells have its figure and our ratio to it.
 *
 * @param {Summary[]} lines
 */
function table(lines) {
  const competitors = [...new Set(lines.flatMap(({ theirs }) => Object.keys(theirs)))]
  const sizes = lines.some(({ size }) => size !== undefined)
  const rows = [
    ['', ...(sizes ? ['n'] : []), 'futex-waitgroup', ...competitors, 'at most'],
    ...lines.map((line) => [
      line.name,
      ...(sizes ? [line.size === undefined ? '' : line.size.toLocaleString('en')] : []),
      amount(line.ours, line.unit),
      ...competitors.map((competitor) => {
        const compared = line.theirs[competitor]
        if (compared === undefined) return ''
        return `${amount(compared.figure, line.unit)}; ${ratioText(compared)}`
      }),
      targets(line).join('; '),
    ]),
  ]
  const last = (rows[0]?.length ?? 0) - 1
  const isText = (/** @type {number} */ column) => column === 0 || column === last
  const widths = Array.from({ length: last + 1 }, (_, i) =>
    Math.max(4, ...rows.map((row) => row[i]?.length ?? 0)),
  )
  const rule = widths.map((width, i) =>
    isText(i) ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  )
  rows.splice(1, 0, rule)
  const text = rows.map((row) => {
    const cells = row.map((cell, i) =>
      isText(i) ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0),
    )
    return `| ${cells.join(' | ')} |\n`
  })
  return text.join('')
}

/**
 * A table for each row in Markdown, ready to paste.
 *
 * @param {Run} run
 */
export function markdown({ machine: m, lines }) {
  const head = `${m.cpu}, ${m.cores} cores, Node ${m.node}, ${m.os}, ${m.date}.
A competitor's column has its figure, then the ratio of ours to it (less is better), and in brackets the middle half of the rounds' ratios.\n`
  const rows = [...new Set(lines.map(({ row }) => row))]
  const tables = rows.map((row) => `\n### ${row}\n\n${table(lines.filter((l) => l.row === row))}`)
  return head + tables.join('')
}
