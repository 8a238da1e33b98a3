// Prints the README's table of deaths: a parent joins a thread by blocking, once with `new Worker`
// and a counter for Atomics.wait(), which the thread counts down itself, and once with spawn() and
// wait().
//
//   node bench/joins.mjs
//
// Each cell runs in its own process and counts as a hang after three seconds. Takes about a minute.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { deaths, scriptOf } from './joins-deaths.mjs'
import { codeOf } from '../scripts/support/tools.mjs'
import { machine } from './report.mjs'

/**
 * @typedef {object} Joined the report of joins-case.mjs
 * @property {number} milliseconds
 * @property {false | { failed: boolean, exitCode: number | null, error?: string }} read
 */

const LIMIT = 3000
const CASE = fileURLToPath(new URL('joins-case.mjs', import.meta.url))

/**
 * @param {number} index of the death
 * @param {'atomics' | 'spawn'} way
 * @param {string} directory
 * @returns {Joined | string} a string says why the parent did not join
 */
function run(index, way, directory) {
  const script = path.join(directory, `${way}-${index}.mjs`)
  const death = deaths[index]
  if (death?.body !== undefined) writeFileSync(script, scriptOf(death, way === 'atomics'))
  const { output, error, status, signal } = spawnSync(
    process.execPath,
    [CASE, String(index), way, script],
    {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
      timeout: LIMIT,
      killSignal: 'SIGKILL',
    },
  )
  const report = output[3] ?? ''
  if (report !== '') return JSON.parse(report)
  return codeOf(error) === 'ETIMEDOUT' ? 'hangs' : `dies: ${signal ?? status}`
}

/** @param {Joined | string} outcome */
function joined(outcome) {
  return typeof outcome === 'string' ? `**${outcome}**` : `${outcome.milliseconds.toFixed(0)} ms`
}

/** @param {Joined | string} outcome */
function readable(outcome) {
  if (typeof outcome === 'string' || outcome.read === false) return '–'
  const { failed, exitCode, error } = outcome.read
  return failed ? `exit code ${exitCode}, \`${error}\`` : `exit code ${exitCode}, did not fail`
}

const directory = mkdtempSync(path.join(tmpdir(), 'joins-'))
const rows = [
  ['a thread that', '`new Worker` + `Atomics.wait`', '`spawn` + `wait`', 'the parent then reads'],
]
try {
  for (const [index, { name }] of deaths.entries()) {
    process.stderr.write(`${name} ...\n`)
    const theirs = run(index, 'atomics', directory)
    const ours = run(index, 'spawn', directory)
    rows.push([name, joined(theirs), joined(ours), readable(ours)])
  }
} finally {
  rmSync(directory, { recursive: true, force: true })
}

const widths = [0, 1, 2, 3].map((i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)))
/** @param {string[]} row */
const line = (row) => `| ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |\n`
const [head = [], ...body] = rows
const { cpu, cores, node, os } = machine()
process.stdout.write(
  `\n${cpu}, ${cores} cores, Node ${node}, ${os}. Until the join, or from terminate() to it.\n\n` +
    line(head) +
    line(widths.map((width) => '-'.repeat(width))) +
    body.map(line).join(''),
)
