// Runs every @example of the comments in lib/: `node scripts/check-examples.mjs`. Each
// sees the names of PRELUDE, and task.js and sum.mjs beside it. TypeScript translates
// `using`, which not every Node knows.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import ts from 'typescript'
import { cache, projectFiles, root } from './support/tools.mjs'

const TIMEOUT = 30_000

const PRELUDE = `import { WaitGroup, WaitGroupError } from 'futex-waitgroup'
const files = ['a.txt', 'b.txt']
const urls = ['one', 'two']
const download = async (url) => url
const work = () => {}
const server = { close() {} }
const requests = new WaitGroup()
const wg = new WaitGroup()
const workerData = { wg: new WaitGroup() }
workerData.wg.add(2)
const guard = workerData.wg.guard()
const threads = files.map((file) => wg.run('./sum.mjs', [[file.length]]))
const [thread] = threads
`
const MODULES = {
  'task.js': '',
  'sum.mjs': 'export default (numbers) => numbers.reduce((a, b) => a + b, 0)\n',
}

/** A comment, and what follows its @example: a block, or the rest of the line. */
const COMMENT = /\/\*\*.*?\*\//gs
const EXAMPLE = /@example(?:\s+```(?:js|ts)\n(?<block>.*?)```| +(?<line>.+))/gs

const folder = path.join(cache, 'examples')
rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { recursive: true })
for (const [name, code] of Object.entries(MODULES)) writeFileSync(path.join(folder, name), code)

let passed = 0
let failed = 0
for (const file of projectFiles('lib/*.ts')) {
  for (const [comment] of readFileSync(path.join(root, file), 'utf8').matchAll(COMMENT)) {
    const text = comment.replace(/\*\/$/, '').replaceAll(/^\s*\* ?/gm, '')
    for (const { groups } of text.matchAll(EXAMPLE)) {
      const code = groups?.['block'] ?? groups?.['line']?.split('\n')[0] ?? ''
      const { outputText } = ts.transpileModule(`${PRELUDE}{\n${code}\n}\n`, {
        compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
      })
      const name = `example-${passed + failed + 1}.mjs`
      writeFileSync(path.join(folder, name), outputText)
      const { status, signal, stderr } = spawnSync(process.execPath, [name], {
        cwd: folder,
        encoding: 'utf8',
        stdio: ['ignore', 'ignore', 'pipe'],
        timeout: TIMEOUT,
        killSignal: 'SIGKILL',
      })
      if (status === 0) passed++
      else failed++
      if (status !== 0) console.log(`FAIL ${file}: ${signal ?? status}\n${code}\n${stderr}`)
    }
  }
}
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed === 0 && passed > 0 ? 0 : 1)
