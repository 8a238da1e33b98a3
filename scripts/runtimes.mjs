// Installs Bun, Deno and Jest, which two tests then find:
//
//   node scripts/runtimes.mjs && npx vitest run test/platforms
//
// The versions are pinned in scripts/runtimes and scripts/jest. Bun and Deno
// are for Linux on x64 only, since that is what the packages hold.
import { existsSync } from 'node:fs'
import { jest, runtimes } from './support/runtimes.mjs'
import { installTools } from './support/tools.mjs'

installTools('runtimes')
installTools('jest')
for (const { name, file } of [...runtimes, jest]) {
  process.stdout.write(`${name}: ${existsSync(file) ? file : 'not there'}\n`)
}
