// Tests the package as a user gets it: makes this machine's prebuild, packs,
// checks the list of files, and installs the tarball into empty folders, once
// with the prebuild and once from source, as on a system without a prebuild.
// Each time a small program imports it, requires it, and joins a worker.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { messageOf, root } from './support/tools.mjs'

const allowed = [
  /^(package\.json|README\.md|LICENSE|CHANGELOG\.md|binding\.gyp)$/,
  /^dist\/([\w-]+\/)*[\w-]+(\.d\.ts|\.js)$/,
  /^native\/(addon|core|include|platform)\/\w+\.(h|cc)$/,
  /^native\/exports\.map$/,
  /^vendor\/node-addon-api\/(napi\.h|napi-inl\.h|LICENSE\.md)$/,
  /^prebuilds\/\w+-\w+\/futex-waitgroup(\.glibc|\.musl)?\.node$/,
]
const prebuild = `prebuilds/${process.platform}-${process.arch}/futex-waitgroup.glibc.node`
const required = [
  ...['LICENSE', 'CHANGELOG.md', 'binding.gyp', 'dist/index.js', 'dist/index.d.ts'],
  ...['native/addon/module.cc', 'vendor/node-addon-api/napi.h', prebuild],
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
function run(folder, command, args, env = {}) {
  return execFileSync(command, args, {
    cwd: folder,
    env: { ...process.env, ...env },
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
  console.log(`the tarball has ${files.length} files`)
}

/**
 * @param {string} folder new
 * @param {string} tarball
 * @param {boolean} fromSource
 */
function checkInstalled(folder, tarball, fromSource) {
  mkdirSync(folder)
  writeFileSync(path.join(folder, 'package.json'), '{ "private": true }')
  const args = ['install', '--no-audit', '--no-fund', '--loglevel=error', tarball]
  // The setting tells node-gyp-build to ignore the prebuild.
  run(folder, 'npm', args, fromSource ? { npm_config_build_from_source: 'true' } : {})
  const compiled = existsSync(path.join(folder, 'node_modules/futex-waitgroup/build'))
  ensure(compiled === fromSource, fromSource ? 'it was not compiled' : 'it was compiled')
  ensure(
    !existsSync(path.join(folder, 'node_modules/node-addon-api')),
    'node-addon-api was installed',
  )
  writeFileSync(path.join(folder, 'program.mjs'), program)
  run(folder, process.execPath, ['program.mjs'])
  console.log(`installed ${fromSource ? 'from source' : 'with its prebuild'}, it works`)
}

const folder = mkdtempSync(path.join(os.tmpdir(), 'futex-waitgroup-'))
try {
  run(root, 'npm', ['run', 'prebuild', '--silent'])
  run(root, 'npm', ['pack', '--silent', '--pack-destination', folder])
  const tarball = path.join(folder, readdirSync(folder)[0] ?? '')
  checkFiles(tarball)
  checkInstalled(path.join(folder, 'prebuilt'), tarball, false)
  checkInstalled(path.join(folder, 'compiled'), tarball, true)
} catch (error) {
  process.stderr.write(`check-package: ${messageOf(error)}\n`)
  process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
