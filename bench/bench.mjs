import { writeFileSync } from 'node:fs'
import os from 'node:os'
import { parseArgs } from 'node:util'
import addDone from './add-done.mjs'
import native from './native.mjs'
import promiseLatency from './promise-latency.mjs'
import promiseMemory from './promise-memory.mjs'
import promiseSettle from './promise-settle.mjs'
import { machine, markdown, summary } from './report.mjs'
import roundTrip from './round-trip.mjs'
import runSync from './run-sync.mjs'
import start from './start.mjs'
import waitAtZero from './wait-at-zero.mjs'
import wakeAll from './wake-all.mjs'

/** @import { Row } from './measure.mjs' */

/** @type {Row[]} */
const rows = [
  addDone,
  native,
  waitAtZero,
  roundTrip,
  wakeAll,
  promiseLatency,
  promiseSettle,
  promiseMemory,
  runSync,
  start,
]

const HELP = `npm run bench -- [options] [row ...]

Prints one table that compares this package with a WaitGroup written with Atomics.
Takes about 90 seconds on an idle machine.

  --quick      fewer rounds: only shows that it runs
  --pinned     threads pinned to one CPU: round-trip also to two; run-sync (Linux, taskset)
  --json FILE  also write the figures to FILE
  --help       this text

Rows: ${rows.map((row) => row.name).join(', ')}. Default: all.
`

/** @returns {ReturnType<typeof parse>} */
function options() {
  try {
    return parse()
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`)
    process.exit(2)
  }
}

function parse() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      pinned: { type: 'boolean', default: false },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  const unknown = positionals.filter((name) => !rows.some((row) => row.name === name))
  if (unknown.length > 0) throw new Error(`No such row: ${unknown.join(', ')}`)
  return {
    ...values,
    chosen: rows.filter((r) => positionals.length === 0 || positionals.includes(r.name)),
  }
}

const { quick, pinned, json, help, chosen } = options()
if (help) {
  process.stdout.write(HELP)
  process.exit()
}

const [load = 0] = os.loadavg()
if (load > 1) process.stderr.write(`The machine is busy (load ${load.toFixed(1)}): expect noise.\n`)

const summaries = []
for (const row of chosen) {
  const why = row.missing?.()
  if (why !== undefined) {
    process.stderr.write(`${row.name}: left out, ${why}\n`)
    continue
  }
  process.stderr.write(`${row.name} ...\n`)
  summaries.push(...(await row.run({ quick, pinned })).map(summary))
}

const m = machine()
process.stdout.write(`\n${markdown(m, summaries)}`)
if (json !== undefined) {
  writeFileSync(json, `${JSON.stringify({ machine: m, lines: summaries }, null, 2)}\n`)
}
