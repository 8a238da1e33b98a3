// Copies of the checkout, for scripts that change or instrument what they build.
import { cpSync, existsSync, mkdirSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import { cache, projectFiles, root } from './tools.mjs'

/** What scripts/runtimes.mjs has installed. */
const INSTALLED = ['jest', 'runners', 'runtimes']

/**
 * Copies the files of the project, as they are now, into an empty folder. The copy shares what is
 * installed, and has no `build/` and `dist/`: its scripts/setup.mjs makes them.
 *
 * @param {string} folder
 */
export function copyCheckout(folder) {
  for (const file of projectFiles()) cpSync(path.join(root, file), path.join(folder, file))
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'))
  mkdirSync(path.join(folder, '.cache'))
  for (const name of INSTALLED) {
    const from = path.join(cache, name)
    if (existsSync(from)) symlinkSync(from, path.join(folder, '.cache', name))
  }
}
