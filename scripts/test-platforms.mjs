// Runs the program test/platforms/fixtures/conformance with the packed package on
// each platform that this machine can run, by `import` and by `require`:
//
//   node scripts/test-platforms.mjs [TARBALL]
//
// Without a tarball it packs one. Prints a line for each target, then a table of
// targets and features, which also goes to .cache/platforms/result.json. README.md
// must have the same table. What cannot run fails, with the reason: no target is
// left out. Runs on Linux x64.
import { spawn } from 'node:child_process'
import * as fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { installInto, withTarball } from './support/package.mjs'
import { compiled, targets } from './support/platform-targets.mjs'
import { cache, messageOf, root } from './support/tools.mjs'

/** @typedef {import('./support/platform-targets.mjs').Target} Target */

/**
 * @typedef {object} Result
 * @property {Target} target
 * @property {{ [feature: string]: 'ok' | 'unsupported' | 'FAIL' }} features
 * @property {string[]} failures
 */

const FIXTURE = path.join(root, 'test/platforms/fixtures/conformance')
const KILL_SECONDS = 300

/** What a thread of the program prints while it is joined. */
const PRINTED = Array.from({ length: 10 }, (_, index) => `# printed line ${index + 1}`).join()

/** The checks of the program, as the first target has printed them. @type {string[]} */
let checks = []

/** @param {string} check */
const featureOf = (check) => check.slice(0, check.indexOf(':'))

/**
 * Runs a command with its output in a file: wine gives a Node no pipe.
 *
 * @param {string[]} command
 * @param {string} cwd
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{ end: string, output: string }>} end: what ended it, if not exit code 0
 */
function run([program = '', ...args], cwd, env) {
  const file = path.join(cwd, 'output.txt')
  const output = fs.openSync(file, 'w')
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', output, output] })
  const timer = setTimeout(() => child.kill('SIGKILL'), KILL_SECONDS * 1000)
  return new Promise((resolve) => {
    /** @param {string} end */
    const ended = (end) => {
      clearTimeout(timer)
      fs.closeSync(output)
      resolve({ end, output: fs.readFileSync(file, 'utf8') })
    }
    child.on('error', (error) => ended(error.message))
    child.on('exit', (code, signal) => ended(code === 0 ? '' : (signal ?? `exit code ${code}`)))
  })
}

/**
 * Runs the program and adds what it printed to `result`.
 *
 * @param {Result} result
 * @param {string} folder
 * @param {string} load
 */
async function runProgram({ target, features, failures }, folder, load) {
  const { command, unsupported = [] } = target
  const env = { ...process.env, ...target.env, CONFORMANCE_LOAD: load }
  const { end, output } = await run([...command, 'conformance.mjs'], folder, env)
  /** @param {string} check @param {string} what */
  const fail = (check, what) => {
    features[featureOf(check)] = 'FAIL'
    failures.push(`${load}: ${check}: ${what}`)
  }
  const found = [...output.matchAll(/^(ok|unsupported|FAIL) ((\w+): [^:\r\n]+)(.*?)\r?$/gm)]
  for (const [line, kind = '', check = '', feature = ''] of found) {
    const expected = unsupported.includes(feature) ? 'unsupported' : 'ok'
    if (kind !== expected) fail(check, `expected ${expected}: ${line}`)
    else features[feature] ??= expected
  }
  const names = found.map(([, , check = '']) => check)
  if (checks.length === 0) checks = names
  const missing = checks.find((check) => !names.includes(check))
  if (missing !== undefined) fail(missing, `not reached: ${output.slice(-1000)}`)
  if (end !== '') fail('process: ends by itself', end)
  const printed = output.match(/^# printed line \d+/gm) ?? []
  if (!unsupported.includes('spawn') && printed.join() !== PRINTED) {
    fail('spawn: a thread that prints', `printed ${printed.join() || 'nothing'}`)
  }
}

/** @param {Target} target */
const nameOf = ({ system, runtime, version }) => `${system}: ${runtime} ${version}`.trim()

/**
 * @param {{ system: string, prebuild: string }} target
 * @param {string} installed
 */
function ensurePrebuild({ system, prebuild }, installed) {
  const file = `prebuilds/${prebuild}`
  if (fs.existsSync(path.join(installed, 'node_modules/futex-waitgroup', file))) return
  throw new Error(`${system}: ${file} is not in the package`)
}

/**
 * @param {() => Target} find
 * @param {string} installed
 * @returns {Promise<Result | undefined>} undefined if a tool or the prebuilt binary is missing
 */
async function testTarget(find, installed) {
  const begin = performance.now()
  /** @type {Result} */
  let result
  try {
    result = { target: find(), features: {}, failures: [] }
    ensurePrebuild(result.target, installed)
  } catch (error) {
    console.log(`FAIL  ${messageOf(error)}`)
    return undefined
  }
  const { target, failures } = result
  for (const load of ['import', 'require']) {
    const folder = path.join(installed, `${nameOf(target)}-${load}`.replaceAll(/\W+/g, '-'))
    fs.cpSync(FIXTURE, folder, { recursive: true })
    await runProgram(result, folder, load)
  }
  const seconds = ((performance.now() - begin) / 1000).toFixed(1)
  const word = failures.length === 0 ? 'ok   ' : 'FAIL '
  console.log(`${word} ${nameOf(target)}, ${target.how} (${seconds} s)`)
  for (const failure of failures) console.log(`      ${failure}`)
  return result
}

/**
 * As many at a time as there are processors.
 *
 * @param {(() => Target)[]} finds
 * @param {string} installed
 */
async function testTargets(finds, installed) {
  /** @type {(Result | undefined)[]} */
  const results = []
  const waiting = finds.entries()
  const worker = async () => {
    for (const [index, find] of waiting) results[index] = await testTarget(find, installed)
  }
  await Promise.all(Array.from({ length: os.availableParallelism() }, worker))
  return results
}

/** @param {Result[]} results */
function printTable(results) {
  const features = [...new Set(checks.map(featureOf))]
  const width = Math.max(...results.map(({ target }) => nameOf(target).length))
  console.log(`\n${''.padEnd(width)}  ${features.join('  ')}`)
  for (const { target, features: found } of results) {
    const cells = features.map((feature) => {
      const word = found[feature] ?? 'FAIL'
      return (word === 'unsupported' ? '-' : word).padEnd(feature.length)
    })
    console.log(`${nameOf(target).padEnd(width)}  ${cells.join('  ')}`)
  }
  console.log('-: fails with the documented error\n')
}

/** How the README names features. Those that come with them are left out. */
const names = new Map([
  ['deadlock', 'reports of deadlocks'],
  ['spawn', '`spawn`'],
  ['run', '`run`'],
])

/**
 * The rows of the README's table: one for each system and runtime.
 *
 * @param {Target[]} tested
 */
function readmeRows(tested) {
  const rows = new Map(
    tested.map(({ system, runtime, how, unsupported = [] }) => {
      const same = tested.filter((other) => other.system === system && other.runtime === runtime)
      const versions = same.map(({ version }) => version).join(', ')
      const without = unsupported.flatMap((feature) => names.get(feature) ?? []).join(', ')
      const cells = [system, `${runtime} ${versions}`.trim(), how, without]
      return [`${system} ${runtime}`, cells]
    }),
  )
  return [...rows.values(), ...compiled.map(({ system }) => [system, '', 'compiled in CI', ''])]
}

/**
 * @param {Target[]} tested
 * @returns {boolean}
 */
function isReadmeRight(tested) {
  /** @param {string} text */
  const withSingleSpaces = (text) => text.replaceAll(/ +/g, ' ')
  const readme = withSingleSpaces(fs.readFileSync(path.join(root, 'README.md'), 'utf8'))
  const rows = readmeRows(tested).map((cells) => withSingleSpaces(`| ${cells.join(' | ')} |`))
  const [first = ''] = rows
  const table = readme.slice(readme.indexOf(first)).split('\n\n')[0]
  if (table === rows.join('\n')) return true
  console.log(`FAIL  README.md needs this table under "Platforms":\n${rows.join('\n')}`)
  return false
}

await withTarball(async (tarball, folder) => {
  const installed = path.join(folder, 'installed')
  installInto(installed, tarball)
  // The first one alone: it tells which checks there are.
  const all = await testTargets(targets.slice(0, 1), installed)
  all.push(...(await testTargets(targets.slice(1), installed)))
  const results = all.filter((result) => result !== undefined)
  printTable(results)
  fs.mkdirSync(path.join(cache, 'platforms'), { recursive: true })
  const rows = results.map(({ target, ...rest }) => ({ name: nameOf(target), ...rest }))
  fs.writeFileSync(path.join(cache, 'platforms/result.json'), JSON.stringify(rows, null, 2))
  const good = results.filter(({ failures }) => failures.length === 0).length
  let bad = all.length - good
  for (const target of compiled) {
    try {
      ensurePrebuild(target, installed)
    } catch (error) {
      console.log(`FAIL  ${messageOf(error)}`)
      bad++
    }
  }
  if (!isReadmeRight(results.map(({ target }) => target))) bad++
  console.log(`${good} passed, ${bad} failed`)
  if (bad > 0) process.exitCode = 1
})
