// Checks the models in test/model/ exhaustively with Spin: each configuration must hold, and each seeded
// bug must be found:
//
//   node scripts/check-models.mjs [MODEL]
//
// Prints a table: the number of states, or, for a bug, the length of the trace that shows it. A search
// that is not complete fails, and so does a line of a model that no configuration reaches. Needs spin
// (Debian: apt-get install spin) and gcc. Writes into .cache/models only.
import { execFile } from 'node:child_process'
import * as fs from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { configurations } from './support/models.mjs'
import { cache, messageOf, root } from './support/tools.mjs'

/** @typedef {import('./support/models.mjs').Configuration} Configuration */

const exec = promisify(execFile)
const PARALLEL = 2
const MEGABYTES = 2800 // of each search
const LIMIT = { timeout: 420_000, maxBuffer: 1 << 24 }

/** The lines of each model that have steps, and whether a configuration has reached one of them. */
const lines = new Map()

/**
 * A line may be in several processes, and in a process several times: inlines are expanded.
 *
 * @param {string} model
 * @param {string} steps what `pan -d` prints: all steps
 * @param {string} stdout of the search, which lists the steps that it has not reached
 */
function noteLines(model, steps, stdout) {
  const key = (/** @type {string[]} */ ...parts) => parts.join(' ')
  const unreached = new Set()
  let process = ''
  for (const line of stdout.split('\n')) {
    process = /^unreached in (?:proctype |claim )?(\w+)/.exec(line)?.[1] ?? process
    const [, number = '', state = ''] = /model\.pml:(\d+), state (\d+),/.exec(line) ?? []
    if (number !== '') unreached.add(key(process, state, number))
  }
  for (const line of steps.split('\n')) {
    process = /^(?:proctype (\w+)|(init))/.exec(line)?.slice(1).find(Boolean) ?? process
    const [, state = '', number = ''] = /state +(\d+) -.* model\.pml:(\d+) =>/.exec(line) ?? []
    if (number === '') continue
    const where = `${model}.pml:${number}`
    const isReached = !unreached.has(key(process, state, number))
    lines.set(where, lines.get(where) === true || isReached)
  }
}

/** @param {Configuration} configuration */
async function search({ model, name, defines, bug, misuse }) {
  const folder = path.join(cache, 'models', `${model}-${name}`.replaceAll(/\W+/g, '-'))
  fs.rmSync(folder, { recursive: true, force: true })
  fs.mkdirSync(folder, { recursive: true })
  const source = path.join(root, 'test/model', `${model}.pml`)
  const options = { cwd: folder, ...LIMIT }
  fs.copyFileSync(source, path.join(folder, 'model.pml'))
  await exec('spin', ['-a', ...defines, 'model.pml'], options)
  // SAFETY: the models have no cycles to accept. They are checked for assertions and deadlocks.
  // Where a bug is found at once, compiling takes longer than the search.
  const flags = [bug ? '-O0' : '-O2', '-w', '-DSAFETY', `-DMEMLIM=${MEGABYTES}`]
  await exec('gcc', [...flags, '-o', 'pan', 'pan.c'], options)
  const begin = performance.now()
  // -E: after a misuse a wait may stay; the assertions at the end of the model say when.
  const args = ['-m20000', '-w22', ...(misuse ? ['-E'] : [])]
  const { stdout } = await exec('./pan', args, options)
  const seconds = (performance.now() - begin) / 1000
  const errors = Number(/errors: (\d+)/.exec(stdout)?.[1])
  const states = Number(/([\d.e+]+) states, stored/.exec(stdout)?.[1])
  const complete = !/not completed|max search depth|truncated|resource|out of memory/i.test(stdout)
  let failure = ''
  let found = ''
  if (bug) {
    if (errors !== 1) failure = 'NOT FOUND'
    else found = /pan:\d+: (.*)/.exec(stdout)?.[1] ?? ''
  } else if (errors !== 0) failure = `ERROR: ${/pan:\d+: (.*)/.exec(stdout)?.[1] ?? ''}`
  else if (!complete || !(states > 0)) failure = 'INCOMPLETE'
  else {
    noteLines(model, (await exec('./pan', ['-d'], options)).stdout, stdout)
  }
  const trail = path.join(folder, 'model.pml.trail')
  const trace = fs.existsSync(trail) ? fs.readFileSync(trail, 'utf8').split('\n').length : 0
  const detail = bug
    ? `found after ${states} states, trace ${trace}: ${found}`
    : `ok, ${states} states`
  console.log(
    `${model.padEnd(13)} ${name.padEnd(46)} ${failure || detail}, ${seconds.toFixed(1)} s`,
  )
  // The compiled search and its trace stay only where they show something unexpected.
  if (failure === '') fs.rmSync(folder, { recursive: true })
  return { good: failure === '', states: bug ? 0 : states }
}

try {
  await exec('spin', ['-V'])
} catch {
  console.error('check-models: spin is missing; Debian: apt-get install spin')
  process.exit(1)
}

const only = process.argv[2]
const chosen = configurations.filter(({ model }) => only === undefined || model === only)
let bad = chosen.length === 0 ? 1 : 0
let total = 0
const begin = performance.now()
const waiting = chosen.values()
const worker = async () => {
  for (const configuration of waiting) {
    try {
      const { good, states } = await search(configuration)
      total += states
      if (!good) bad++
    } catch (error) {
      console.log(`${configuration.model} ${configuration.name}: FAILED: ${messageOf(error)}`)
      bad++
    }
  }
}
await Promise.all(Array.from({ length: PARALLEL }, worker))
for (const [line, isReached] of lines) {
  if (isReached) continue
  console.log(`${line}: reached in no configuration`)
  bad++
}
const seconds = ((performance.now() - begin) / 1000).toFixed(0)
console.log(`${chosen.length} searches, ${total} states, ${seconds} s; ${bad} failed`)
process.exitCode = bad === 0 ? 0 : 1
