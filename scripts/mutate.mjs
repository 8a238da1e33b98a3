// Breaks native/ and lib/ on purpose, in one place at a time, and shows which test fails for it.
//
//   node scripts/mutate.mjs [WORDS…]
//
// WORDS: only mutations that have one of these in their file or description. Works in a copy of the checkout, for an
// hour or less. Prints a Markdown table; exits with 1 if a mutation survives. At the end, the tests that
// have failed must pass there without any mutation. Needs Linux and g++. support/mutations.mjs lists the
// mutations; one whose text the file no longer has, or has twice, is an error.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { copyCheckout } from './support/checkout.mjs'
import { mutations } from './support/mutations.mjs'

/** What a run of tests is killed after, in seconds. Without mutations they take a minute or two. */
const LIMIT = 180
/** What the tests kill their children after, instead of three minutes. */
const KILL_SECONDS = 30

const words = process.argv.slice(2)
const chosen = mutations.filter(
  ({ file, breaks }) =>
    words.length === 0 || words.some((each) => `${file}: ${breaks}`.includes(each)),
)
const checkout = mkdtempSync(path.join(os.tmpdir(), 'mutate-'))

/**
 * Replaces a text that must occur once.
 *
 * @param {{ file: string, from: string, to: string }} change
 * @returns {() => void} undoes it
 */
function replace({ file, from, to }) {
  const place = path.join(checkout, file)
  const text = readFileSync(place, 'utf8')
  const parts = text.split(from)
  if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} times: ${from}`)
  writeFileSync(place, parts.join(to))
  return () => writeFileSync(place, text)
}

/**
 * Runs a script in the copy, in a process group of its own: at the limit, all of it is killed.
 *
 * @param {readonly string[]} args of node
 * @param {number} limit in seconds
 * @returns {Promise<{ status: number | null, output: string }>} status: null if it was killed
 */
function run(args, limit) {
  const env = { ...process.env, STRESS_SECONDS: '1', NO_COLOR: '1' }
  const child = spawn(process.execPath, args, { cwd: checkout, env, detached: true })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (/** @type {string} */ text) => (output += text))
  child.stderr.setEncoding('utf8').on('data', (/** @type {string} */ text) => (output += text))
  const timer = setTimeout(() => process.kill(-(child.pid ?? 0), 'SIGKILL'), limit * 1000)
  return new Promise((resolve) => {
    child.on('close', (status) => {
      clearTimeout(timer)
      resolve({ status, output })
    })
  })
}

/** Ends what a run that was killed has left behind: tests start children in groups of their own. */
function endOrphans() {
  for (const id of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (!readFileSync(`/proc/${id}/cmdline`, 'utf8').includes(checkout)) continue
      process.kill(Number(id), 'SIGKILL')
    } catch {
      // It has ended meanwhile.
    }
  }
}

/** Brings build/ and dist/ up to date. A warning would end the build of the C++ programs. */
async function build() {
  const { status, output } = await run(['scripts/setup.mjs'], 600)
  if (status !== 0 || /\bwarning:/.test(output)) throw new Error(`does not compile:\n${output}`)
}

/** @typedef {{ what: string, again: readonly string[] }} Failure again: what runs that test alone */

/**
 * @param {readonly string[]} args of `vitest run`
 * @returns {Promise<Failure | undefined>} what has failed first, if anything
 */
async function failureOf(args) {
  const report = path.join(checkout, 'report.json')
  rmSync(report, { force: true })
  const reporter = ['--reporter=json', `--outputFile=${report}`, '--bail=1', '--maxWorkers=2']
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--testTimeout=100000', ...reporter]
  const { status, output } = await run([...vitest, ...args], LIMIT)
  if (status === 0) return undefined
  if (status === null) return { what: `time-out of ${args.join(' ')}`, again: args }
  if (existsSync(report)) {
    /** @type {{ testResults: { name: string, assertionResults: { status: string, fullName: string }[] }[] }} */
    const { testResults } = JSON.parse(readFileSync(report, 'utf8'))
    for (const { name, assertionResults } of testResults) {
      const failed = assertionResults.find((each) => each.status === 'failed')
      if (failed === undefined) continue
      const { fullName } = failed
      const file = path.relative(checkout, name)
      const pattern = `^${fullName.replaceAll(/[^\w ]/g, '.')}$`
      const config = args[0] === '--config' ? args.slice(0, 2) : []
      const again = args.includes('--testNamePattern')
        ? args
        : [...config, file, '--testNamePattern', pattern]
      return { what: `${file}: ${fullName.trim()}`, again }
    }
  }
  // A test file whose process has crashed has no results.
  if (/unexpectedly|crash|Unhandled/i.test(output)) {
    return { what: `a crash in ${args.join(' ')}`, again: args }
  }
  throw new Error(`no test has failed, but vitest has:\n${output.slice(-3000)}`)
}

/** @param {readonly (readonly string[])[]} stages */
async function firstFailure(stages) {
  for (const stage of stages) {
    const failure = await failureOf(stage)
    if (failure !== undefined) return failure
  }
  return undefined
}

/** @param {string} text */
const cell = (text) => text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ')

try {
  copyCheckout(checkout)
  replace({
    file: 'test/helpers/child.ts',
    from: 'export const KILL_SECONDS = 180',
    to: `export const KILL_SECONDS = ${KILL_SECONDS}`,
  })
  for (const mutation of mutations) replace(mutation)()
  await build()
  let survivors = 0
  /** @type {Map<string, readonly string[]>} */
  const again = new Map()
  console.log('| file | mutation | killed by | seconds |\n| --- | --- | --- | --- |')
  for (const mutation of chosen) {
    const start = performance.now()
    const undo = replace(mutation)
    await build()
    const failure = await firstFailure(mutation.tests)
    undo()
    endOrphans()
    if (failure === undefined) survivors++
    else again.set(failure.what, failure.again)
    const seconds = Math.round((performance.now() - start) / 1000)
    const row = [
      `\`${mutation.file}\``,
      mutation.breaks,
      failure?.what ?? '**survives**',
      `${seconds}`,
    ]
    console.log(`| ${row.map(cell).join(' | ')} |`)
  }
  await build()
  for (const [what, args] of again) {
    const failure = await failureOf(args)
    if (failure !== undefined) throw new Error(`also fails without a mutation: ${what}`)
  }
  console.log(`\n${chosen.length} mutations, ${survivors} survive`)
  process.exitCode = survivors === 0 ? 0 : 1
} finally {
  endOrphans()
  rmSync(checkout, { recursive: true, force: true, maxRetries: 5 })
}
