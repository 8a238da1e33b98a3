// Builds examples/native-pool as a user would, in a folder of its own, and runs its programs:
//
//   npm run example:native-pool [tarball]
//
// Without a tarball, it packs this checkout, and compiles the binary.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { cache, projectFiles, root } from './support/tools.mjs'

const folder = path.join(cache, 'native-pool')
const programs = [
  ['pool.mjs', 'wait'],
  ['pool.mjs', 'waitAsync'],
  ['pool.mjs', 'terminate'],
  ['in_c.mjs'],
]

/**
 * @param {string} command
 * @param {string[]} args
 * @param {string} [cwd]
 */
function run(command, args, cwd = folder) {
  const shell = process.platform === 'win32' && command === 'npm'
  execFileSync(command, args, {
    cwd,
    shell,
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: 300_000,
  })
}

function packed() {
  run('npm', ['pack', '--silent', '--pack-destination', folder], root)
  const name = readdirSync(folder).find((file) => file.endsWith('.tgz'))
  if (name === undefined) throw new Error('npm pack made no tarball')
  return path.join(folder, name)
}

rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { recursive: true })
const [, , given] = process.argv
const tarball = path.resolve(given ?? packed())
for (const file of projectFiles('examples/native-pool')) {
  cpSync(path.join(root, file), path.join(folder, path.basename(file)))
}
run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', tarball])
// npm runs this script itself only for an install without arguments.
run('npm', ['run', 'install', '--silent'])
const installed = path.join(folder, 'node_modules/futex-waitgroup')
// The checkout may have prebuilds of older sources. A compiled binary is preferred to them.
if (given === undefined) run(process.execPath, [path.join(installed, 'dist/build.js')])
for (const args of programs) run(process.execPath, args)
