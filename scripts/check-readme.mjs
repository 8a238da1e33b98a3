// Runs every ```js block of README.md as a program, which must exit with 0. First
// writes all blocks to one folder. A first line such as `// worker.mjs` names the
// file of its block. A line before a block that cannot run alone says why:
//
//   <!-- not run: the worker of the program above -->
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { cache, root } from './support/tools.mjs'

const TIMEOUT = 30_000

// Inside the checkout, where `import 'futex-waitgroup'` finds the package.
const folder = path.join(cache, 'readme')
rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { recursive: true })

const file = path.join(root, 'README.md')
if (!existsSync(file)) {
  console.log('there is no README.md')
  process.exit(1)
}
const readme = readFileSync(file, 'utf8')
const blocks = /(?:<!-- not run: (?<reason>.+?) -->\s*)?^```js\n(?<code>.*?)^```$/gms
const programs = [...readme.matchAll(blocks)].map((match, index) => {
  const { reason, code = '' } = match.groups ?? {}
  const kind = /\brequire\(/.test(code) ? 'cjs' : 'mjs'
  const name = /^\/\/ ([\w.-]+\.[cm]?js)\n/.exec(code)?.[1] ?? `block-${index + 1}.${kind}`
  writeFileSync(path.join(folder, name), code)
  return { name, reason }
})

let passed = 0
let failed = 0
let left = 0
for (const { name, reason } of programs) {
  if (reason !== undefined) {
    console.log(`left out ${name}: ${reason}`)
    left++
    continue
  }
  const limits = { timeout: TIMEOUT, killSignal: /** @type {const} */ ('SIGKILL') }
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [name], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    ...limits,
  })
  if (status === 0) {
    console.log(`ok       ${name}`)
    passed++
  } else {
    console.log(`FAIL     ${name}: ${signal ?? `exit code ${status}`}\n${stdout}${stderr}`)
    failed++
  }
}
console.log(`${passed} passed, ${failed} failed, ${left} left out`)
process.exit(failed === 0 && passed > 0 ? 0 : 1)
