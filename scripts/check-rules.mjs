// Checks the rules that ESLint and dependency-cruiser cannot: those for C++, and
// that no file names a folder of one machine.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { projectFiles, root } from './support/tools.mjs'

/** The layers of native/: a file includes files of its own layer and of those below it. */
const layers = [
  /^native\/standalone\//,
  /^native\/addon\//,
  /^native\/include\//,
  /^native\/core\/wait_group\./,
  /^native\/core\/copies\./,
  /^native\/core\/(promise_table|poll_schedule)\./,
  /^native\/core\/(semaphore|mutex|spin)\./,
  /^native\/core\/(layout|result)\./,
  /^native\/core\/race\.h$/,
  /^native\/platform\//,
]
const nodeHeader = /#\s*include\s*[<"](napi|node_api|js_native_api|node|v8|uv)\b/
const systemMacro = /\b(__linux__|_WIN32|__APPLE__|__\w*BSD__)\b/
const machinePath = /(?<![\w.~*)\]}/-])\/(home|root|work|tmp|Users)\//
const MAX_LINES = 300
/** scripts/prebuild-all.mjs writes it. */
const GENERATED = 'node_imports.inc'

/** @param {string} file */
function layerOf(file) {
  return layers.findIndex((layer) => layer.test(file))
}

/**
 * @param {string} file
 * @param {string} line
 * @returns {string | undefined} the rule that the line breaks
 */
function brokenRule(file, line) {
  if (machinePath.test(line)) return 'a path of one machine'
  if (!file.startsWith('native/')) return undefined
  if (nodeHeader.test(line) && !/^native\/(addon|include)\//.test(file)) {
    return 'only addon/ and include/ know Node'
  }
  if (systemMacro.test(line) && !/^native\/(platform|standalone)\//.test(file)) {
    return 'only platform/ and standalone/ know the operating system'
  }
  const included = /#\s*include\s*"([^"]+)"/.exec(line)?.[1]
  if (included === undefined || included === GENERATED) return undefined
  const target = layerOf(path.posix.join(path.posix.dirname(file), included))
  if (target === -1) return 'only files of native/ are included by "name"'
  return target < layerOf(file) ? 'includes go downwards' : undefined
}

/** @type {string[]} */
const problems = []
for (const file of projectFiles()) {
  const lines = readFileSync(path.join(root, file), 'utf8').trimEnd().split('\n')
  if (file.startsWith('native/') && lines.length > MAX_LINES) {
    problems.push(`${file}: ${lines.length} lines, ${MAX_LINES} at most`)
  }
  if (/^native\/.*\.(h|cc)$/.test(file) && layerOf(file) === -1) {
    problems.push(`${file}: has no layer (scripts/check-rules.mjs lists them)`)
  }
  lines.forEach((line, index) => {
    const rule = brokenRule(file, line)
    if (rule !== undefined) problems.push(`${file}:${index + 1}: ${rule}`)
  })
}

for (const problem of problems) process.stderr.write(`${problem}\n`)
process.exit(problems.length === 0 ? 0 : 1)
