// Checks the documents: README.md, CONTRIBUTING.md and all pages of docs/, examples/ and bench/.
//
// Runs every ```js block as a program, which must exit with 0, and print what the
// ```text block after it says, if there is one. First writes all blocks of a page to
// one folder. A first line such as `// worker.mjs` names the file of its block. A line
// before a block that is no whole program says why:
//
//   <!-- not run: the worker of the program above -->
//
// Then resolves every link to a file of the project, and to a heading of a page.
// `node scripts/check-docs.mjs PAGE…` checks these pages only.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { cache, projectFiles, root } from './support/tools.mjs'

const TIMEOUT = 30_000
const REPOSITORY =
  /^https:\/\/(?:github\.com\/example-org\/futex-waitgroup\/blob|raw\.githubusercontent\.com\/example-org\/futex-waitgroup)\/main\//

const BLOCK =
  /(?:<!-- not run: (?<reason>.+?) -->\s*)?^```js\n(?<code>.*?)^```\n(?:\s*^```text\n(?<output>.*?)^```$)?/gms
const LINK = /\]\((?<target>[^)\s]+)\)/g
const FENCED = /^```.*?^```$/gms

let passed = 0
let failed = 0
let left = 0

/**
 * @param {boolean} isOk
 * @param {string} what
 * @param {string} [why]
 */
function count(isOk, what, why = '') {
  if (isOk) passed++
  else failed++
  console.log(isOk ? `ok       ${what}` : `FAIL     ${what}: ${why}`)
}

/**
 * @param {string} page relative to the root
 * @param {string} text
 * @param {string} folder
 */
function runBlocks(page, text, folder) {
  mkdirSync(folder, { recursive: true })
  // A page of an example shows the use of its files.
  if (page.startsWith('examples/')) cpSync(path.join(root, page, '..'), folder, { recursive: true })
  const programs = [...text.matchAll(BLOCK)].map((match, index) => {
    const { reason, code = '', output } = match.groups ?? {}
    const kind = /\brequire\(/.test(code) && !/^import /m.test(code) ? 'cjs' : 'mjs'
    const name = /^\/\/ ([\w.-]+\.[cm]?js)\n/.exec(code)?.[1] ?? `block-${index + 1}.${kind}`
    writeFileSync(path.join(folder, name), code)
    return { name, reason, output }
  })
  for (const { name, reason, output } of programs) {
    const what = `${page}: ${name}`
    if (reason !== undefined) {
      console.log(`left out ${what}: ${reason}`)
      left++
      continue
    }
    const { status, signal, stdout, stderr } = spawnSync(process.execPath, [name], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: TIMEOUT,
      killSignal: 'SIGKILL',
    })
    const isExpected = output === undefined || output === stdout
    count(
      status === 0 && isExpected,
      what,
      `${signal ?? `exit code ${status}`}\n${stdout}${stderr}${isExpected ? '' : `expected:\n${output}`}`,
    )
  }
}

/**
 * As GitHub makes them.
 *
 * @param {string} text of a page
 */
function anchorsOf(text) {
  return [...text.replace(FENCED, '').matchAll(/^#+ (?<title>.+)$/gm)].map((match) =>
    (match.groups?.['title'] ?? '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

/**
 * @param {string} page
 * @param {string} text
 */
function checkLinks(page, text) {
  const broken = [...text.replace(FENCED, '').matchAll(LINK)]
    .map((match) => match.groups?.['target'] ?? '')
    .filter((target) => {
      const isOwn = REPOSITORY.test(target)
      if (!isOwn && /^[a-z]+:/.test(target)) return false
      const [file = '', anchor] = target.replace(REPOSITORY, '').split('#')
      const at = isOwn ? '.' : path.dirname(page)
      const found = file === '' ? page : path.join(at, file)
      if (!existsSync(path.join(root, found))) return true
      if (anchor === undefined || !found.endsWith('.md')) return false
      return !anchorsOf(readFileSync(path.join(root, found), 'utf8')).includes(anchor)
    })
  count(broken.length === 0, `${page}: links`, `broken: ${broken.join(', ')}`)
}

const pages = process.argv.length > 2 ? process.argv.slice(2) : projectFiles('*.md')
// Inside the checkout, where `import 'futex-waitgroup'` finds the package.
const folder = path.join(cache, 'pages')
rmSync(folder, { recursive: true, force: true })
for (const page of pages) {
  const text = readFileSync(path.join(root, page), 'utf8')
  runBlocks(page, text, path.join(folder, page.replaceAll(/[/.]/g, '-')))
  checkLinks(page, text)
}
console.log(`${passed} passed, ${failed} failed, ${left} left out`)
process.exit(failed === 0 && passed > 0 ? 0 : 1)
