// Runs the program test/platforms/fixtures/conformance with the packed package on
// each platform that this machine can run, by `import` and by `require`, and an
// addon that uses native threads (test/native/fixtures):
//
//   node scripts/test-platforms.mjs [TARBALL [--host]]
//
// Without a tarball it packs one. With --host it runs on this machine's Node
// alone, on any system. Prints a line for each target, then a table of targets and
// features, which also goes to .cache/platforms/result.json. README.md
// must have the same table. What cannot run fails, with the reason: no target is
// left out. Runs on Linux x64, but for --host.
import * as fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { runConformance } from './support/conformance.mjs'
import { installInto, withTarball } from './support/package.mjs'
import { compiled, host, targets } from './support/platform-targets.mjs'
import { cache, messageOf, root } from './support/tools.mjs'

/** @typedef {import('./support/platform-targets.mjs').Target} Target */

/**
 * @typedef {object} Result
 * @property {Target} target
 * @property {Map<string, string>} features
 * @property {string[]} failures
 */

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
    result = { target: find(), features: new Map(), failures: [] }
    ensurePrebuild(result.target, installed)
  } catch (error) {
    console.log(`FAIL  ${messageOf(error)}`)
    return undefined
  }
  const { target, features, failures } = result
  for (const load of ['import', 'require']) {
    const folder = path.join(installed, `${nameOf(target)}-${load}`.replaceAll(/\W+/g, '-'))
    const env = { ...process.env, ...target.env, CONFORMANCE_LOAD: load }
    const ran = await runConformance(target.command, folder, env, target.unsupported)
    for (const [feature, word] of ran.features) {
      if (features.get(feature) !== 'FAIL') features.set(feature, word)
    }
    failures.push(...ran.failures.map((failure) => `${load}: ${failure}`))
  }
  if (isHost) {
    console.log('NOT TESTED: native threads: their addon is compiled on Linux x64 only')
  } else {
    // The compiler is for this system only.
    const { runConsumer } = await import('./support/native-consumer.mjs')
    const folder = path.join(installed, `${nameOf(target)}-native`.replaceAll(/\W+/g, '-'))
    const found = await runConsumer(target, installed, folder)
    features.set('native', found.length === 0 ? 'ok' : 'FAIL')
    failures.push(...found)
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
  const features = [...new Set(results.flatMap(({ features }) => [...features.keys()]))]
  const width = Math.max(...results.map(({ target }) => nameOf(target).length))
  console.log(`\n${''.padEnd(width)}  ${features.join('  ')}`)
  for (const { target, features: found } of results) {
    const cells = features.map((feature) => {
      const word = found.get(feature) ?? 'FAIL'
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

const isHost = process.argv.includes('--host')
const chosen = isHost ? [host] : targets

await withTarball(async (tarball, folder) => {
  const installed = path.join(folder, 'installed')
  installInto(installed, tarball)
  // The first one alone: it tells which checks there are.
  const all = await testTargets(chosen.slice(0, 1), installed)
  all.push(...(await testTargets(chosen.slice(1), installed)))
  const results = all.filter((result) => result !== undefined)
  printTable(results)
  fs.mkdirSync(path.join(cache, 'platforms'), { recursive: true })
  const rows = results.map(({ target, features, failures }) => ({
    ...{ name: nameOf(target), features: Object.fromEntries(features), failures },
  }))
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
  if (!isHost && !isReadmeRight(results.map(({ target }) => target))) bad++
  console.log(`${good} passed, ${bad} failed`)
  if (bad > 0) process.exitCode = 1
})
