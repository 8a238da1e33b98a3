// Installs what three tests run: Bun and Deno, Jest, and other runners.
//
//   node scripts/runtimes.mjs && npx vitest run other-runtimes jest runners
//
// The versions are pinned in scripts/runtimes, scripts/jest and scripts/runners. Bun
// and Deno are for Linux on x64 only.
import { existsSync } from 'node:fs'
import { jest, runners, runtimes } from './support/runtimes.mjs'
import { installTools } from './support/tools.mjs'

installTools('runtimes')
installTools('jest')
installTools('runners')
const others = Object.entries(runners).map(([name, file]) => ({ name, file }))
for (const { name, file } of [...runtimes, jest, ...others]) {
  process.stdout.write(`${name}: ${existsSync(file) ? file : 'missing'}\n`)
}
