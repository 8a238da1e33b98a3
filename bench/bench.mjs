import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { hasCommand, messageOf } from '../scripts/support/tools.mjs'
import { check } from './check.mjs'
import { compilePrograms } from './programs.mjs'
import { machine, markdown, summary } from './report.mjs'

/** @import { Run } from './report.mjs' */

/** Each is a module beside this one. */
const rows = [
  'pair',
  'native',
  'wait-at-zero',
  'create',
  'round-trip',
  'fork-join',
  'wake-all',
  'promise-latency',
  'promise-cycle',
  'promise-settle',
  'promise-memory',
  'blocked',
  'terminate',
  'run-sync',
  'start',
]

/** A row that takes longer hangs, in milliseconds. */
const ROW_LIMIT = 300_000

const ROW = fileURLToPath(new URL('row.mjs', import.meta.url))
const BASELINE = fileURLToPath(new URL('baseline.json', import.meta.url))

const HELP = `npm run bench -- [options] [row ...]

Compares this package with what else a program could use, and prints a table for each row. Takes up to
five minutes on an idle machine.

  --quick      fewer rounds and sizes: about a minute
  --pinned     round-trip also with its threads on one CPU, and on two (Linux, taskset)
  --json FILE  also writes the figures to FILE
  --from FILE  takes the figures of an earlier run instead of measuring
  --charts     also draws docs/*.svg
  --check      also prints which ratios are worse than in bench/baseline.json, which is of a --quick run
  --help       this text

Rows: ${rows.join(', ')}. Default: all.
`

function options() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      pinned: { type: 'boolean', default: false },
      json: { type: 'string' },
      from: { type: 'string' },
      charts: { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const { quick, pinned, json, from } = values
  const unknown = positionals.find((name) => !rows.includes(name))
  if (unknown !== undefined) throw new Error(`there is no row '${unknown}'; --help lists them`)
  if (from !== undefined && (quick || pinned || positionals.length > 0)) {
    throw new Error('--from takes a run as it is: no rows, --quick or --pinned beside it')
  }
  if (json !== undefined && !existsSync(path.dirname(path.resolve(json)))) {
    throw new Error(`--json: there is no folder ${path.dirname(json)}`)
  }
  if (pinned && !(process.platform === 'linux' && hasCommand('taskset'))) {
    throw new Error('--pinned needs Linux and taskset')
  }
  if (pinned && os.availableParallelism() < 2) {
    throw new Error('--pinned needs two CPUs')
  }
  const chosen = rows.filter((name) => positionals.length === 0 || positionals.includes(name))
  const run = from === undefined ? undefined : read(from)
  const baseline = values.check ? read(BASELINE) : undefined
  if (baseline && baseline.quick !== (run?.quick ?? quick)) {
    throw new Error(
      `--check: bench/baseline.json is of a run ${baseline.quick ? 'with' : 'without'} --quick`,
    )
  }
  return { ...values, chosen, run, baseline }
}

/** @param {string} file @returns {Run} */
function read(file) {
  try {
    const run = JSON.parse(readFileSync(file, 'utf8'))
    if (!Array.isArray(run?.lines)) throw new Error('it has no lines')
    return run
  } catch (error) {
    throw new Error(`${file} is not what --json writes: ${messageOf(error)}`, { cause: error })
  }
}

/**
 * @param {string[]} chosen
 * @param {boolean} quick
 * @param {boolean} pinned
 * @returns {Run}
 */
function measure(chosen, quick, pinned) {
  const [load = 0] = os.loadavg()
  if (load > 1) {
    process.stderr.write(`The machine is busy (load ${load.toFixed(1)}): expect noise.\n`)
  }
  const { programs, leftOut } = compilePrograms()
  for (const text of leftOut) process.stderr.write(`left out: ${text}\n`)
  const lines = chosen.flatMap((row) => {
    const start = performance.now()
    const { stdout, status, signal } = spawnSync(
      process.execPath,
      [ROW, row, JSON.stringify({ quick, pinned, programs })],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
        encoding: 'utf8',
        timeout: ROW_LIMIT,
        killSignal: 'SIGKILL',
        maxBuffer: 2 ** 28,
      },
    )
    if (status !== 0) {
      process.stderr.write(`bench: ${row} has failed: ${signal ?? `exit code ${status}`}\n`)
      process.exit(1)
    }
    /** @type {{ lines?: import('./measure.mjs').Line[], why?: string }} */
    const { lines = [], why } = JSON.parse(stdout)
    const seconds = `${((performance.now() - start) / 1000).toFixed(0)} s`
    process.stderr.write(`${row}: ${why === undefined ? seconds : `left out: ${why}`}\n`)
    return lines.map((line) => summary(row, line))
  })
  return { machine: machine(), quick, pinned, lines }
}

/** @returns {ReturnType<typeof options>} */
function optionsOrExit() {
  try {
    return options()
  } catch (error) {
    process.stderr.write(`bench: ${messageOf(error)}\n`)
    process.exit(2)
  }
}

const { quick, pinned, json, charts, help, chosen, baseline, run: earlier } = optionsOrExit()
if (help) {
  process.stdout.write(HELP)
  process.exit()
}
const run = earlier ?? measure(chosen, quick, pinned)
process.stdout.write(`\n${markdown(run)}`)
if (json !== undefined) writeFileSync(json, `${JSON.stringify(run, null, 2)}\n`)
if (charts) {
  const { draw } = await import('./charts.mjs')
  for (const text of await draw(run)) process.stdout.write(`${text}\n`)
}
if (baseline) process.stdout.write(`\n${check(run, baseline)}`)
