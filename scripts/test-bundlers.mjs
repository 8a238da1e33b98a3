// Bundles a small program with each bundler and runs the bundle:
//
//   node scripts/test-bundlers.mjs [TARBALL]
//
// The packed package is external. A bundle with the package in it must fail when it
// loads, and say what to do. Runs on Linux.
import * as fs from 'node:fs'
import path from 'node:path'
import { run } from './support/conformance.mjs'
import { installInto, withTarball } from './support/package.mjs'
import { installTools, root } from './support/tools.mjs'

const tools = installTools('bundlers')
const FIXTURE = path.join(root, 'test/platforms/fixtures/bundled')
const PROGRAM = 'program.mjs'
const INLINED = 'inlined.cjs'

const esbuild = ['esbuild/bin/esbuild', '--bundle', '--platform=node']
const ncc = ['@vercel/ncc/dist/ncc/cli.js', 'build', '--out', 'out']

/** webpack's own command is a package of its own. This calls its API. */
const webpack = {
  ...{ mode: 'production', target: 'node', entry: `./${PROGRAM}` },
  ...{ externals: 'futex-waitgroup', externalsType: 'module', experiments: { outputModule: true } },
}
const callWebpack = `
  const path = require('node:path')
  const output = { path: path.resolve('out'), filename: '${PROGRAM}', module: true }
  require(process.argv[1])({ ...${JSON.stringify(webpack)}, output }, (error, stats) => {
    console.log(String(error ?? stats))
    if (error || stats.hasErrors()) process.exitCode = 1
  })`

/**
 * Each command writes its bundle into the folder out/. A command without an option of Node begins
 * with a script, by its path from node_modules.
 *
 * @type {{ name: string, command: string[], bundle?: string, isInlined?: boolean }[]}
 */
const bundlers = [
  {
    name: 'esbuild',
    command: [
      ...esbuild,
      PROGRAM,
      '--format=esm',
      '--outfile=out/program.mjs',
      '--external:futex-waitgroup',
    ],
  },
  { name: 'webpack', command: ['--eval', callWebpack, path.join(tools, 'webpack')] },
  {
    name: 'rollup',
    command: [
      'rollup/dist/bin/rollup',
      PROGRAM,
      '--file',
      'out/program.mjs',
      '--external',
      'futex-waitgroup',
    ],
  },
  {
    name: 'vite, SSR',
    command: ['vite/bin/vite.js', 'build', '--ssr', PROGRAM, '--outDir', 'out'],
  },
  {
    name: 'ncc',
    command: [...ncc, PROGRAM, '--external', 'futex-waitgroup'],
    bundle: 'index.mjs',
  },
  {
    name: 'tsup',
    command: ['tsup/dist/cli-default.js', PROGRAM, '--format', 'esm', '--out-dir', 'out'],
  },
  {
    name: 'esbuild, the package inlined',
    command: [...esbuild, INLINED, '--outdir=out'],
    ...{ bundle: 'inlined.js', isInlined: true },
  },
  {
    name: 'ncc, the package inlined',
    command: [...ncc, INLINED],
    ...{ bundle: 'index.cjs', isInlined: true },
  },
]

/**
 * @param {(typeof bundlers)[number]} bundler
 * @param {string} folder a project that has the package
 * @returns {Promise<string>} what is wrong
 */
async function test({ command, bundle = PROGRAM, isInlined = false }, folder) {
  fs.cpSync(FIXTURE, folder, { recursive: true })
  const [first = '', ...args] = command
  const script = first.startsWith('--') ? first : path.join(tools, first)
  const built = await run([process.execPath, script, ...args], folder, process.env)
  if (built.end !== '') return `the bundler: ${built.end}\n${built.output}`
  const { end, output } = await run([process.execPath, `out/${bundle}`], folder, process.env)
  const isRight = isInlined
    ? end === 'exit code 1' && output.includes('external')
    : end === '' && output === 'bundled true true 3 4\n'
  return isRight ? '' : `the bundle: ${end}\n${output}`
}

await withTarball(async (tarball, folder) => {
  let passed = 0
  for (const bundler of bundlers) {
    const begin = performance.now()
    const project = path.join(folder, bundler.name.replaceAll(/\W+/g, '-'))
    installInto(project, tarball)
    const problem = await test(bundler, project)
    if (problem === '') passed++
    const seconds = ((performance.now() - begin) / 1000).toFixed(1)
    console.log(`${problem === '' ? 'ok   ' : 'FAIL '} ${bundler.name} (${seconds} s)`)
    if (problem !== '') console.log(problem)
  }
  console.log(`${passed} passed, ${bundlers.length - passed} failed`)
  if (passed < bundlers.length) process.exitCode = 1
})
