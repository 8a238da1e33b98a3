// Installs what four tests run: Bun and Deno, Jest, other runners, and pools of threads.
//
//   node scripts/runtimes.mjs && npx vitest run other-runtimes jest runners pools
//
// The versions are pinned in scripts/runtimes, scripts/jest, scripts/runners and
// scripts/pools. Bun and Deno are for Linux on x64 only.
import { existsSync } from 'node:fs'
import { jest, pools, runners, runtimes } from './support/runtimes.mjs'
import { installTools } from './support/tools.mjs'

installTools('runtimes')
installTools('jest')
installTools('runners')
installTools('pools')
const others = Object.entries({ ...runners, ...pools }).map(([name, file]) => ({ name, file }))
for (const { name, file } of [...runtimes, jest, ...others]) {
  process.stdout.write(`${name}: ${existsSync(file) ? file : 'missing'}\n`)
}
