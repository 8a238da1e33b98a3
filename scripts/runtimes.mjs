// Installs Bun, Deno and Jest for two tests:
//
//   node scripts/runtimes.mjs && npx vitest run other-runtimes jest
//
// The versions are pinned in scripts/runtimes and scripts/jest. Bun and Deno
// are for Linux on x64 only.
import { existsSync } from 'node:fs'
import { jest, runtimes } from './support/runtimes.mjs'
import { installTools } from './support/tools.mjs'

installTools('runtimes')
installTools('jest')
for (const { name, file } of [...runtimes, jest]) {
  process.stdout.write(`${name}: ${existsSync(file) ? file : 'missing'}\n`)
}
