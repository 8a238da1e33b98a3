// The rules of the house that no other tool knows (CONTRIBUTING.md has the map).
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { projectFiles, root } from './support/tools.mjs'

// The layers of native/, from the top. An include goes down or stays in its
// layer. A new file belongs to one of these, or gets a line of its own here.
const layers = [
  /^native\/addon\//,
  /^native\/core\/wait_group\./,
  /^native\/core\/copies[._]/,
  /^native\/core\/pin[._]/,
  /^native\/core\/promise_table\./,
  /^native\/core\/semaphore\./,
  /^native\/core\/futex[._]/,
  /^native\/core\/(deadline|layout)\./,
]
const systemFiles = /^native\/core\/(copies|futex|pin)_\w+\.cc$/
const systemMacro = /\b(__linux__|_WIN32|__APPLE__)\b/
const nodeHeader = /#\s*include\s*[<"](napi|node_api|js_native_api|node|v8|uv)\b/
const absolutePath = /(?<![\w.~*)\]}/-])\/(home|root|work|tmp|Users)\//
const maxLines = { native: 400, lib: 400, 'README.md': 300 }

/** @type {string[]} */
const problems = []

/** @param {string} file */
function layerOf(file) {
  return layers.findIndex((layer) => layer.test(file))
}

/**
 * @param {string} file
 * @param {string} line
 * @param {string} where
 */
function checkNative(file, line, where) {
  if (systemMacro.test(line) && !systemFiles.test(file)) {
    problems.push(`${where}: only copies_*.cc, futex_*.cc and pin_*.cc know the operating system`)
  }
  if (nodeHeader.test(line) && layerOf(file) !== 0) {
    problems.push(`${where}: only native/addon/ knows Node`)
  }
  const included = /#\s*include\s*"([^"]+)"/.exec(line)?.[1]
  if (included === undefined) return
  const target = path.posix.join(path.posix.dirname(file), included)
  if (!existsSync(path.join(root, target))) {
    problems.push(`${where}: ours are included by "name", all others by <name>`)
  } else if (layerOf(target) < layerOf(file)) {
    problems.push(`${where}: includes go downwards`)
  }
}

for (const file of projectFiles()) {
  const lines = readFileSync(path.join(root, file), 'utf8').trimEnd().split('\n')
  for (const [name, max] of Object.entries(maxLines)) {
    if ((file === name || file.startsWith(`${name}/`)) && lines.length > max) {
      problems.push(`${file}: ${lines.length} lines, ${max} at most`)
    }
  }
  const native = /^native\/.*\.(h|cc)$/.test(file)
  if (native && layerOf(file) === -1) {
    problems.push(`${file}: which layer is it? (scripts/check-layers.mjs lists them)`)
  }
  lines.forEach((line, index) => {
    const where = `${file}:${index + 1}`
    if (absolutePath.test(line)) problems.push(`${where}: a path of somebody's machine`)
    if (native) checkNative(file, line, where)
  })
}

for (const problem of problems) process.stderr.write(`${problem}\n`)
process.exit(problems.length === 0 ? 0 : 1)
