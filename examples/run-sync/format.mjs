// Prints JavaScript files as prettier formats them. This program is synchronous, and prettier is not.
//
//   node examples/run-sync/format.mjs FILE ...
import { readFileSync } from 'node:fs'
import { createSyncFunction } from './run-sync.mjs'

/** @type {(text: string, options: import('prettier').Options) => string} */
const format = createSyncFunction(new URL('prettier.mjs', import.meta.url))

for (const file of process.argv.slice(2)) {
  try {
    process.stdout.write(format(readFileSync(file, 'utf8'), { filepath: file }))
  } catch (error) {
    process.exitCode = 1
    console.error(`${file}: ${error instanceof Error ? error.message : String(error)}`)
  }
}
