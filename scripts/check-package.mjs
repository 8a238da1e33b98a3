// Tests the package as a user gets it: packs it with the binaries that
// `npm run prebuild:all` has made, checks the list of files, lints it with publint
// and attw, and installs the tarball into empty folders: with its prebuilt binary
// and no compiler on the PATH; and without one, where the error names the command
// that compiles it. Each time a small program imports it, requires it, and joins
// threads.
import { execFileSync, spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { prebuilds } from './support/prebuilds.mjs'
import { installTools, messageOf, root } from './support/tools.mjs'

const MAX_BYTES = 600_000

const allowed = [
  /^(package\.json|README\.md|LICENSE|CHANGELOG\.md)$/,
  /^dist\/([\w-]+\/)*[\w-]+(\.d\.ts|\.c?js)$/,
  /^native\/(addon|core|include|platform|standalone)\/\w+\.(h|cc)$/,
  /^native\/exports\.map$/,
  /^vendor\/binding\.gyp$/,
  /^vendor\/node-addon-api\/(napi\.h|napi-inl\.h|LICENSE\.md)$/,
  /^prebuilds\/\w+-\w+\/futex-waitgroup(\.glibc|\.musl)?\.node$/,
]
const required = [
  ...['LICENSE', 'CHANGELOG.md', 'dist/index.js', 'dist/build.js', 'dist/browser.js'],
  ...[
    'native/addon/module.cc',
    'native/include/futex_waitgroup.h',
    'vendor/binding.gyp',
    'vendor/node-addon-api/napi.h',
  ],
  ...prebuilds.map(({ file }) => `prebuilds/${file}`),
]

const program = `
import assert from 'node:assert'
import { createRequire } from 'node:module'
import { isMainThread, Worker, workerData } from 'node:worker_threads'
import { WaitGroup } from 'futex-waitgroup'

if (isMainThread) {
  const required = createRequire(import.meta.url)('futex-waitgroup')
  assert.equal(required.WaitGroup, WaitGroup)
  const wg = new WaitGroup()
  wg.spawn("console.log('spawned')", { eval: true })
  wg.add(2)
  for (let i = 0; i < 2; i++) new Worker(new URL(import.meta.url), { workerData: wg })
  assert.equal(wg.wait({ timeout: 20_000 }), true)
  assert.equal(wg.count, 0)
} else {
  WaitGroup.from(workerData).done()
}
`

/**
 * @param {string} folder
 * @param {string} command
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 */
function run(folder, command, args, env = process.env) {
  return execFileSync(command, args, {
    cwd: folder,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 2],
    timeout: 300_000,
    shell: process.platform === 'win32' && command === 'npm',
  })
}

/**
 * @param {boolean} condition
 * @param {string} problem
 */
function ensure(condition, problem) {
  if (!condition) throw new Error(problem)
}

/**
 * @param {string} file of declarations
 * @param {Set<string>} [found]
 * @returns the files that it imports, directly or not, and itself, relative to the root
 */
function declarations(file, found = new Set()) {
  if (found.has(file)) return found
  found.add(file)
  const text = readFileSync(path.join(root, file), 'utf8')
  for (const [, name = ''] of text.matchAll(/(?:from |import\()'(\.[^']+)'/g)) {
    declarations(path.posix.join(path.posix.dirname(file), `${name}.d.ts`), found)
  }
  return found
}

/** @param {string} tarball */
function checkFiles(tarball) {
  const files = run(path.dirname(tarball), 'tar', ['-tzf', path.basename(tarball)])
    .trim()
    .split(/\r?\n/)
    .map((file) => file.replace(/^package\//, ''))
  for (const file of files) {
    ensure(
      allowed.some((pattern) => pattern.test(file)),
      `${file} does not belong in the package`,
    )
  }
  for (const file of required) ensure(files.includes(file), `${file} is not in the package`)
  const packed = files.filter((file) => file.endsWith('.d.ts')).sort()
  const needed = [...declarations('dist/index.d.ts', declarations('dist/include.d.ts'))].sort()
  ensure(
    packed.join() === needed.join(),
    `package.json must list these declarations: ${needed.join(' ')}`,
  )
  const { size } = statSync(tarball)
  ensure(size <= MAX_BYTES, `the tarball has ${size} bytes, ${MAX_BYTES} at most`)
  console.log(`the tarball has ${files.length} files and ${size} bytes`)
}

/** @param {string} tarball */
function lint(tarball) {
  const modules = installTools('packaging')
  for (const [file, ...args] of [
    ['publint/src/cli.js', 'run', tarball, '--strict'],
    ['@arethetypeswrong/cli/dist/index.js', tarball, '--format', 'ascii', '--no-emoji'],
  ]) {
    console.log(run(root, process.execPath, [path.join(modules, file ?? ''), ...args]).trim())
  }
}

/**
 * Installs the tarball into a new folder.
 *
 * @param {string} folder
 * @param {string} tarball
 * @param {NodeJS.ProcessEnv} env
 */
function install(folder, tarball, env) {
  mkdirSync(folder)
  writeFileSync(path.join(folder, 'package.json'), '{ "private": true }')
  run(folder, 'npm', ['install', '--no-audit', '--no-fund', '--loglevel=warn', tarball], env)
  ensure(
    !existsSync(path.join(folder, 'node_modules/node-addon-api')),
    'node-addon-api was installed',
  )
  writeFileSync(path.join(folder, 'program.mjs'), program)
  return path.join(folder, 'node_modules/futex-waitgroup')
}

/**
 * Node and npm, and nothing that could compile.
 *
 * @param {string} folder new
 */
function withoutCompiler(folder) {
  mkdirSync(folder)
  const [npm = ''] = (process.env['PATH'] ?? '')
    .split(path.delimiter)
    .map((directory) => path.join(directory, 'npm'))
    .filter((file) => existsSync(file))
  for (const file of [process.execPath, npm, '/bin/sh']) {
    symlinkSync(realpathSync(file), path.join(folder, path.basename(file)))
  }
  return { ...process.env, PATH: folder }
}

/**
 * @param {string} folder
 * @param {string} tarball
 */
function checkPrebuilt(folder, tarball) {
  const env = withoutCompiler(`${folder}-path`)
  const installed = install(folder, tarball, env)
  ensure(!existsSync(path.join(installed, 'build')), 'it was compiled')
  run(folder, process.execPath, ['program.mjs'], env)
  console.log('installed with no compiler on the PATH, it works')
}

/**
 * @param {string} folder
 * @param {string} tarball
 */
function checkFromSource(folder, tarball) {
  const installed = install(folder, tarball, process.env)
  rmSync(path.join(installed, 'prebuilds'), { recursive: true })
  const { stderr } = spawnSync(process.execPath, ['program.mjs'], { cwd: folder, encoding: 'utf8' })
  const [, script = ''] = /^To compile one: node "(.*)"$/m.exec(stderr) ?? []
  ensure(script !== '', `without a binary it does not say how to compile one:\n${stderr}`)
  run(os.tmpdir(), process.execPath, [script])
  ensure(!existsSync(path.join(installed, 'binding.gyp')), 'binding.gyp was left behind')
  run(folder, process.execPath, ['program.mjs'])
  console.log('compiled by the command of its error, it works')
}

const folder = mkdtempSync(path.join(os.tmpdir(), 'futex-waitgroup-'))
try {
  run(root, 'npm', ['pack', '--silent', '--pack-destination', folder])
  const tarball = path.join(folder, readdirSync(folder)[0] ?? '')
  checkFiles(tarball)
  lint(tarball)
  checkPrebuilt(path.join(folder, 'prebuilt'), tarball)
  checkFromSource(path.join(folder, 'compiled'), tarball)
} catch (error) {
  process.stderr.write(`check-package: ${messageOf(error)}\n`)
  process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
