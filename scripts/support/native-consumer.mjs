// Runs test/native/fixtures with the packed package on a platform: consumer.cc, an addon that was compiled for
// it by the package's header alone.
import { cpSync } from 'node:fs'
import path from 'node:path'
import { ends, operations } from '../../test/native/fixtures/cases.mjs'
import { run as runToEnd } from './conformance.mjs'
import { compile, compileNodeImports, run, zig } from './cross.mjs'
import { prebuilds } from './prebuilds.mjs'
import { cache, root } from './tools.mjs'

/** By the triple. @type {Map<string, Promise<string>>} */
const built = new Map()

/**
 * @param {string} triple Zig's name of the target
 * @param {string} include the folder of the header
 * @returns {Promise<string>} the addon
 */
async function build(triple, include) {
  const folder = path.join(cache, 'cross/consumer', triple)
  const compiler = [zig, 'c++', '-target', triple, `-I${include}`]
  const isWindows = triple.includes('-windows-')
  if (!isWindows) compiler.push('-fPIC')
  const objects = await compile(compiler, ['test/native/fixtures/consumer.cc'], folder)
  if (isWindows) objects.push(await compileNodeImports(compiler, objects, folder))
  const addon = path.join(folder, 'consumer.node')
  const link = [zig, 'c++', '-target', triple, '-O2', '-shared', '-s', '-o', addon]
  await run([...link, ...objects], 900)
  return addon
}

/**
 * What is run, with the lines that it prints.
 *
 * @param {string} runtime
 * @returns {{ args: readonly string[], line: string, times: number }[]}
 */
function runsOf(runtime) {
  const how = ends[runtime] ?? []
  return [
    { args: ['operations.mjs', ...operations], line: 'ok', times: 1 },
    { args: ['ends.mjs', 'worker', ...how], line: 'ended', times: how.length },
    { args: ['ends.mjs', 'main', 'natural end'], line: 'released', times: 3 },
    { args: ['ends.mjs', 'main', 'exit'], line: '.*', times: 0 },
  ]
}

/**
 * @param {import('./platform-targets.mjs').Target} target
 * @param {string} installed the project that has the package
 * @param {string} folder new, in that project
 * @returns {Promise<string[]>} the failures
 */
export async function runConsumer({ prebuild, runtime, command, env }, installed, folder) {
  const { triple = '' } = prebuilds.find(({ file }) => file === prebuild) ?? {}
  const include = path.join(installed, 'node_modules/futex-waitgroup/native/include')
  const addon = built.get(triple) ?? build(triple, include)
  built.set(triple, addon)
  const fixtures = path.join(folder, 'native/fixtures')
  cpSync(path.join(root, 'test/native/fixtures'), fixtures, { recursive: true })
  const helpers = 'helpers/fixture-helpers.mjs'
  cpSync(path.join(root, 'test', helpers), path.join(folder, helpers))
  const isNode = runtime.endsWith('Node')
  const failures = []
  for (const { args, line, times } of runsOf(isNode ? 'Node' : runtime)) {
    const [script = '', ...more] = args
    const all = [...command, ...(isNode ? ['--expose-gc'] : []), script, await addon, ...more]
    const { end, output } = await runToEnd(all, fixtures, { ...process.env, ...env })
    const found = output.match(new RegExp(`^${line}\\r?$`, 'gm')) ?? []
    if (end === '' && found.filter(Boolean).length === times) continue
    failures.push(`native: ${args.join(' ')}: ${end || 'other lines'}: ${output.slice(-1000)}`)
  }
  return failures
}
