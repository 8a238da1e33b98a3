// The package as users get it: the tarball, for the scripts that install it.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { root } from './tools.mjs'

/**
 * Calls `use` with the tarball that the first argument of the script names, else with a new one,
 * and with an empty folder, which is removed afterwards.
 *
 * @param {(tarball: string, folder: string) => Promise<void>} use
 */
export async function withTarball(use) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'futex-waitgroup-'))
  try {
    const [given] = process.argv.slice(2)
    await use(
      given === undefined ? pack(path.join(folder, 'tarball')) : path.resolve(given),
      folder,
    )
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** @param {string} folder */
function pack(folder) {
  npm(root, 'run', 'prebuild:all', '--silent')
  mkdirSync(folder)
  npm(root, 'pack', '--silent', '--pack-destination', folder)
  return path.join(folder, readdirSync(folder)[0] ?? '')
}

/**
 * Installs the tarball into a new project.
 *
 * @param {string} folder new
 * @param {string} tarball
 */
export function installInto(folder, tarball) {
  mkdirSync(folder, { recursive: true })
  writeFileSync(path.join(folder, 'package.json'), '{ "private": true }')
  npm(folder, 'install', '--ignore-scripts', '--no-audit', '--no-fund', '--silent', tarball)
}

/**
 * Prints to standard error.
 *
 * @param {string} cwd
 * @param {...string} args
 */
function npm(cwd, ...args) {
  execFileSync('npm', args, { cwd, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' })
}
