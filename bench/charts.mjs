/** Draws docs/*.svg from the figures of a run. */
import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { installTools, root } from '../scripts/support/tools.mjs'

/** @import { Run, Summary } from './report.mjs' */

/** In the middle between light and dark, since the ground may be either. */
const colors = new Map([
  ['futex-waitgroup', '#2f81f7'],
  ['Atomics', '#d1742a'],
  ['Atomics, spins', '#9a6ee8'],
  ['Atomics.waitAsync', '#d1742a'],
  ['messages', '#c2559c'],
  ['Go', '#1a9a94'],
  ['C++ floor', '#818b98'],
  ['C++ alone', '#818b98'],
])

/** Follows the reader's setting, also as an image in a page. */
const STYLE = `
  text { font-size: 12px }
  svg { color: #1f2328; background: #ffffff }
  @media (prefers-color-scheme: dark) { svg { color: #e6edf3; background: #0d1117 } }
`

const WIDTH = 760
/** A text at the top left of the whole chart, not of a facet. */
const TOP = { frameAnchor: 'top-left', textAnchor: 'start', facet: 'super' }

/** @param {string} text @param {any} Plot @param {{ dx: number, dy: number }} place */
function title(text, Plot, place) {
  return Plot.text([text], { ...TOP, ...place, fontWeight: 600 })
}

/** @param {number} ns */
function time(ns) {
  if (ns < 1e3) return `${Number(ns.toPrecision(3))} ns`
  if (ns < 1e6) return `${Number((ns / 1e3).toPrecision(3))} µs`
  if (ns < 1e9) return `${Number((ns / 1e6).toPrecision(3))} ms`
  return `${Number((ns / 1e9).toPrecision(3))} s`
}

/**
 * The figures of a line by side.
 *
 * @param {Summary} line
 * @returns {[string, number][]}
 */
function figures({ ours, theirs }) {
  const others = Object.entries(theirs).map(([side, { figure }]) => [side, figure])
  return /** @type {[string, number][]} */ ([['futex-waitgroup', ours], ...others])
}

/** @param {string[]} sides @param {any} Plot */
function legend(sides, Plot) {
  let dx = -45
  return sides.map((side) => {
    const mark = Plot.text([`● ${side}`], { ...TOP, fill: colors.get(side), dx, dy: -40 })
    dx += 7 * side.length + 28
    return mark
  })
}

/**
 * A chart: Plot's options without the DOM, or undefined if the run lacks its lines.
 *
 * @typedef {(lines: Summary[], Plot: any) => ({ marks: unknown[] } & Record<string, unknown>) | undefined} Chart
 */

/**
 * The powers of ten around the values. A log scale's own ticks are too many.
 *
 * @param {number[]} values
 */
function decades(values) {
  const first = Math.floor(Math.log10(Math.min(...values)))
  const last = Math.ceil(Math.log10(Math.max(...values)))
  return Array.from({ length: last - first + 1 }, (_, i) => 10 ** (first + i))
}

/** @param {number[]} values @param {(value: number) => string} tickFormat */
function logScale(values, tickFormat) {
  const ticks = decades(values)
  const domain = [ticks[0], ticks.at(-1)]
  return { type: 'log', label: null, grid: true, domain, ticks, tickFormat }
}

/** @param {string} label @param {number[]} sizes */
function sizeScale(label, sizes) {
  const ticks = [...new Set(sizes)]
  const named = { label, labelAnchor: 'center', labelArrow: 'none', labelOffset: 40 }
  return { type: 'log', base: 2, ...named, ticks, tickFormat: String }
}

/** @type {Chart} */
function roundTrips(lines, Plot) {
  /** @param {string} row @param {string} name @param {string} how */
  const trips = (row, name, how) => {
    const find = (/** @type {string} */ part) =>
      lines.find((line) => line.row === row && line.name === `${name}: ${part}`)
    const median = find('median')
    const p99 = find('99th percentile')
    if (median === undefined || p99 === undefined) return []
    const last = new Map(figures(p99))
    return figures(median).map(([side, figure]) => ({
      ...{ side, label: `${side}${how}`, median: figure, p99: last.get(side) ?? figure },
    }))
  }
  const pinned = lines.some(({ row, name }) => row === 'round-trip' && name.startsWith('two CPUs'))
  const data = [
    ...trips('round-trip', pinned ? 'two CPUs' : 'round trip of two threads', ''),
    ...trips('promise-latency', 'there and back, both awaited', ', awaited'),
  ]
  if (data.length === 0) return undefined
  const on = pinned ? ', each on its own CPU' : ''
  const times = data.flatMap(({ median, p99 }) => [median, p99])
  return {
    height: 116 + 28 * data.length,
    marginLeft: 190,
    marginRight: 70,
    marginTop: 50,
    x: logScale(times, time),
    y: { label: null, domain: data.map(({ label }) => label), tickSize: 0 },
    marks: [
      title(
        `A round trip of two threads${on}: median (dot, number) to 99th percentile (line)`,
        Plot,
        {
          ...{ dx: -175, dy: -34 },
        },
      ),
      Plot.ruleY(data, { y: 'label', x1: 'median', x2: 'p99', stroke: color, strokeWidth: 2 }),
      Plot.tickX(data, { y: 'label', x: 'p99', stroke: color, strokeWidth: 2, inset: 7 }),
      Plot.dot(data, { y: 'label', x: 'median', fill: color, r: 6 }),
      Plot.text(data, {
        ...{ y: 'label', x: 'p99', text: (/** @type {any} */ d) => time(d.median) },
        ...{ dx: 8, textAnchor: 'start' },
      }),
    ],
  }
}

/** @type {Chart} */
function blockedThreads(lines, Plot) {
  const data = lines
    .filter(({ row, unit }) => row === 'blocked' && unit === '% of a core')
    .flatMap((line) =>
      figures(line).map(([side, percent]) => ({ side, n: line.size ?? NaN, percent })),
    )
    .filter(({ percent }) => percent > 0) // which a log scale cannot show
  if (data.length === 0) return undefined
  const percents = data.map(({ percent }) => percent)
  return {
    height: 340,
    marginTop: 76,
    marginLeft: 60,
    marginRight: 30,
    x: sizeScale(
      'blocked threads',
      data.map(({ n }) => n),
    ),
    y: logScale(percents, (value) => `${Number(value.toPrecision(1))} %`),
    marks: [
      title('CPU time of blocked threads, in percent of one core', Plot, { dx: -45, dy: -60 }),
      legend([...new Set(data.map(({ side }) => side))], Plot),
      // Reversed: ours is drawn last, above the others.
      Plot.lineY(data.toReversed(), {
        ...{ x: 'n', y: 'percent', z: 'side', stroke: color, strokeWidth: 2 },
      }),
      Plot.dot(data.toReversed(), { x: 'n', y: 'percent', fill: color, r: 4 }),
    ],
  }
}

/** @type {Chart} */
function forkJoin(lines, Plot) {
  const data = lines
    .filter(({ row, name }) => row === 'fork-join' && name.endsWith(': median'))
    .flatMap((line) =>
      figures(line).map(([side, figure]) => ({
        ...{ side, tasks: line.size ?? NaN, of: line.name.replace(': median', ''), figure },
      })),
    )
  if (data.length === 0) return undefined
  const times = data.map(({ figure }) => figure)
  return {
    height: 400,
    marginTop: 96,
    marginLeft: 60,
    marginRight: 20,
    fx: { label: null, padding: 0.12, domain: [...new Set(data.map(({ of }) => of))] },
    x: sizeScale(
      'tasks',
      data.map(({ tasks }) => tasks),
    ),
    y: logScale(times, time),
    marks: [
      title('A fork–join over standing threads, by number of tasks: median', Plot, {
        ...{ dx: -45, dy: -70 },
      }),
      legend([...new Set(data.map(({ side }) => side))], Plot),
      Plot.lineY(data.toReversed(), {
        ...{ x: 'tasks', y: 'figure', fx: 'of', z: 'side', stroke: color, strokeWidth: 2 },
      }),
      Plot.dot(data.toReversed(), { x: 'tasks', y: 'figure', fx: 'of', fill: color, r: 3 }),
    ],
  }
}

/** @param {{ side: string }} datum */
function color({ side }) {
  return colors.get(side) ?? 'currentColor'
}

/** @type {Record<string, Chart>} */
const charts = {
  'round-trips.svg': roundTrips,
  'blocked-threads.svg': blockedThreads,
  'fork-join.svg': forkJoin,
}

/**
 * @param {Run} run
 * @returns {Promise<string[]>} What it has drawn, and what not.
 */
export async function draw({ machine, lines }) {
  const require = createRequire(path.join(installTools('charts'), 'charts.cjs'))
  /** @param {string} name */
  const load = (name) => import(pathToFileURL(require.resolve(name)).href)
  const Plot = await load('@observablehq/plot')
  const { parseHTML } = await load('linkedom')
  const { document } = parseHTML('<!doctype html><html><body></body></html>')
  const caption = `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, ${machine.date}`
  return Object.entries(charts).map(([file, chart]) => {
    const options = chart(lines, Plot)
    if (options === undefined) return `docs/${file}: not drawn, the run lacks its rows`
    const svg = Plot.plot({
      ...{ width: WIDTH, marginBottom: 70, ...options, document },
      marks: [
        ...options.marks,
        Plot.text([caption], {
          ...{ frameAnchor: 'bottom-right', textAnchor: 'end', facet: 'super' },
          ...{ dy: 58, fillOpacity: 0.6 },
        }),
      ],
    })
    svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
    svg.querySelector('style').textContent = STYLE
    writeFileSync(path.join(root, 'docs', file), `${svg.outerHTML}\n`)
    return `docs/${file}: drawn`
  })
}
