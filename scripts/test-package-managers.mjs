// Adds the packed package to an empty project with each package manager, by its
// defaults and with no compiler in PATH, from a registry on loopback:
//
//   node scripts/test-package-managers.mjs [TARBALL]
//
// It must exit with 0 and print no warning that names the package. Then README's
// first program runs there, and the program of scripts/test-platforms.mjs. Runs on
// Linux x64.
import { execFileSync } from 'node:child_process'
import * as fs from 'node:fs'
import path from 'node:path'
import { run, runConformance, unsupportedBy } from './support/conformance.mjs'
import { withTarball } from './support/package.mjs'
import { startRegistry } from './support/registry.mjs'
import { runtimes } from './support/runtimes.mjs'
import { installTools, root } from './support/tools.mjs'

/**
 * @typedef {object} Manager
 * @property {string} name
 * @property {string[]} add the command that adds the package, without its name
 * @property {string} [prefix] of its name
 * @property {string[]} [runner] the command that runs a script; default: node
 * @property {string} [node] the one in PATH; default: this one
 * @property {{ [file: string]: string }} [files] of the empty project
 * @property {readonly string[] | undefined} [unsupported] features
 */

const tools = installTools('package-managers')
installTools('runtimes')
const yarn = path.join(tools, '@yarnpkg/cli-dist/bin/yarn.js')
const node24 = path.join(installTools('nodes'), 'node-24/bin/node')

/** @param {string} line */
const npm = (line) => path.join(tools, `npm-${line}/bin/npm-cli.js`)
/** The lock file marks the root of the project. The setting is for programs that are ES modules. */
const plugNPlay = { 'yarn.lock': '', '.yarnrc.yml': 'pnpEnableEsmLoader: true\n' }
const nodeModules = { 'yarn.lock': '', '.yarnrc.yml': 'nodeLinker: node-modules\n' }

/** @type {Manager[]} */
const managers = [
  { name: 'npm 11', add: ['node', npm('11'), 'install'] },
  { name: 'npm 12', add: ['node', npm('12'), 'install'], node: node24 },
  { name: 'pnpm', add: [path.join(tools, '@pnpm/exe.linux-x64/pnpm'), 'add'] },
  {
    name: "yarn, Plug'n'Play",
    add: ['node', yarn, 'add'],
    runner: ['node', yarn, 'node'],
    files: plugNPlay,
    // Its loader has a thread for hooks: that thread could count down.
    unsupported: ['deadlock'],
  },
  { name: 'yarn, node_modules', add: ['node', yarn, 'add'], files: nodeModules },
  ...runtimes.map(({ name, file, args }) => ({
    ...{ name, add: [file, 'add'], runner: [file, ...args] },
    ...{ prefix: name === 'Deno' ? 'npm:' : '', unsupported: unsupportedBy[name] },
  })),
]

/** Yarn's own, about all ES modules. */
const YARN_WARNING = /^.*(YN0092: .* ESM support|Done with warnings).*$/gm

/** README's first program and the module that it runs. */
const README_FILES = ['primes.mjs', 'count-primes.mjs']

/** @param {string} folder */
function writeReadmeProgram(folder) {
  const readme = fs.readFileSync(path.join(root, 'README.md'), 'utf8')
  for (const file of README_FILES) {
    const block = new RegExp(`^// ${file}\\n.*?(?=^\`\`\`$)`, 'ms')
    const [code] = block.exec(readme) ?? []
    if (code === undefined) throw new Error(`README.md has no block ${file}`)
    fs.writeFileSync(path.join(folder, file), code)
  }
}

/**
 * @param {Manager} manager
 * @param {string} folder new
 * @param {string} registry
 * @returns {Promise<string[]>} what is wrong
 */
async function test(manager, folder, registry) {
  const { add, prefix = '', runner = ['node'], node = process.execPath, unsupported = [] } = manager
  const bin = path.join(folder, 'bin')
  const project = path.join(folder, 'project')
  for (const each of [bin, project]) fs.mkdirSync(each, { recursive: true })
  fs.symlinkSync(node, path.join(bin, 'node'))
  const files = { 'package.json': '{ "private": true }', '.npmrc': `registry=${registry}\n` }
  for (const [file, text] of Object.entries({ ...files, ...manager.files })) {
    fs.writeFileSync(path.join(project, file), text)
  }
  const env = {
    PATH: bin,
    HOME: folder,
    YARN_NPM_REGISTRY_SERVER: registry,
    YARN_UNSAFE_HTTP_WHITELIST: 'localhost',
  }
  const added = await run([...add, `${prefix}futex-waitgroup`], project, env)
  const output = added.output.replaceAll(YARN_WARNING, '')
  const isWarned = /warn|blocked|ignored|deprecated|build script/i.test(output)
  if (added.end !== '' || isWarned) return [`add: ${added.end}\n${added.output}`]
  writeReadmeProgram(project)
  const ran = await run([...runner, 'primes.mjs'], project, env)
  const isRight = unsupported.includes('run')
    ? ran.end === 'exit code 1' && ran.output.includes('spawn() is not available')
    : ran.end === '' && ran.output.includes('[ 9592, 17984, 25997, 33860 ]')
  const problems = isRight ? [] : [`primes.mjs: ${ran.end}\n${ran.output}`]
  const program = path.join(project, 'conformance')
  return [...problems, ...(await runConformance(runner, program, env, unsupported)).failures]
}

/**
 * The tarball, and those of the dependencies that this checkout has.
 *
 * @param {string} tarball
 * @param {string} folder
 */
function withDependencies(tarball, folder) {
  const { dependencies = {} } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'))
  fs.mkdirSync(folder)
  for (const name of Object.keys(dependencies)) {
    const args = ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder]
    const cwd = path.join(root, 'node_modules', name)
    execFileSync('npm', args, { cwd, stdio: ['ignore', 'ignore', 2] })
  }
  return [tarball, ...fs.readdirSync(folder).map((file) => path.join(folder, file))]
}

await withTarball(async (tarball, folder) => {
  const registry = await startRegistry(withDependencies(tarball, path.join(folder, 'dependencies')))
  let passed = 0
  for (const manager of managers) {
    const begin = performance.now()
    const problems = await test(manager, path.join(folder, `with ${manager.name}`), registry.url)
    if (problems.length === 0) passed++
    const seconds = ((performance.now() - begin) / 1000).toFixed(1)
    console.log(`${problems.length === 0 ? 'ok   ' : 'FAIL '} ${manager.name} (${seconds} s)`)
    for (const problem of problems) console.log(problem)
  }
  registry.close()
  console.log(`${passed} passed, ${managers.length - passed} failed`)
  if (passed < managers.length) process.exitCode = 1
})
