// Installs Bun and Deno, which test/other-runtimes.test.ts then finds:
//
//   node scripts/runtimes.mjs && npx vitest run test/other-runtimes.test.ts
//
// The versions are pinned in scripts/runtimes. Linux on x64 only, since that is
// what the packages hold.
import { existsSync } from 'node:fs'
import { runtimes } from './support/runtimes.mjs'
import { installTools } from './support/tools.mjs'

installTools('runtimes')
for (const { name, file } of runtimes) {
  process.stdout.write(`${name}: ${existsSync(file) ? file : 'not there'}\n`)
}
