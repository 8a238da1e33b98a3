// Checks the binaries that `npm run prebuild:all` has made, and prints what it
// found: size, oldest system, libraries, imports and exports. It reads them with
// LLVM's tools (Debian: apt-get install llvm).
//
// A binary imports Node-API, libuv, and functions that its oldest system has;
// it needs no other library, and exports nothing but what Node and other copies
// look for.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { exported, zig } from './support/cross.mjs'
import { prebuilds } from './support/prebuilds.mjs'
import { messageOf, root } from './support/tools.mjs'

// Apple's arm64 binaries grow in steps of 16 KiB.
const MAX_BYTES = 100_000
const MAX_GLIBC = 28 // 2.28
const MACOS = '11.0'
const WINDOWS = '6.0' // what the file states. WaitOnAddress needs 6.2, which is Windows 8.
const ofNode = /^(napi|node_api|uv)_/

/** The libraries of the operating systems themselves. */
const systemLibraries = [
  /^lib(c|pthread|dl)\.so\.\d$/,
  /^ld-linux-(x86-64|aarch64)\.so\.\d$/,
  /^libc\.so$/, // musl
  /^\/usr\/lib\/libSystem\.B\.dylib$/,
  /^(KERNEL32|msvcrt|api-ms-win-core-synch-l1-2-0)\.dll$/,
]

/**
 * @param {string} tool
 * @param {...string} args
 * @returns {string}
 */
function llvm(tool, ...args) {
  return execFileSync(`llvm-${tool}`, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

/**
 * @param {string} text
 * @param {RegExp} pattern with one group and the flag g
 */
function all(text, pattern) {
  return [...text.matchAll(pattern)].map(([, group = '']) => group)
}

/**
 * @param {string} file relative to Zig's folder
 * @param {RegExp} pattern of the names in it
 */
function systemFunctions(file, pattern) {
  return new Set(all(readFileSync(path.join(path.dirname(zig), 'lib/libc', file), 'utf8'), pattern))
}
const musl = systemFunctions('musl/libc.S', /^(\w+):$/gm)
const libSystem = systemFunctions('darwin/libSystem.11.tbd', /[ [']_?(\w+)'?(?=[,\s\]])/g)

/**
 * @typedef {object} Found
 * @property {string} oldest the oldest system, as the file states it
 * @property {string[]} imports
 * @property {string[]} exports
 * @property {string[]} problems
 */

/**
 * @param {string} file
 * @returns {Found}
 */
function readElf(file) {
  const undefined_ = all(llvm('nm', '-D', '--undefined-only', file), /^\s*[Uwv] (\S+)/gm)
  const versions = undefined_.flatMap((name) => all(name, /@GLIBC_2\.(\d+)/g)).map(Number)
  const newest = Math.max(...versions)
  const isGlibc = file.includes('.glibc.')
  const problems = undefined_
    .filter((name) => !ofNode.test(name) && name !== '__gmon_start__')
    .filter((name) => !(isGlibc ? /@GLIBC_2\.[\d.]+$/.test(name) : musl.has(name)))
    .map((name) => `imports ${name}`)
  if (newest > MAX_GLIBC) problems.push(`needs glibc 2.${newest}`)
  if (llvm('nm', file).trim() !== '') problems.push('is not stripped')
  return {
    oldest: isGlibc ? `glibc 2.${newest}` : 'musl',
    imports: undefined_.filter((name) => name !== '__gmon_start__'),
    exports: all(llvm('nm', '-D', '--defined-only', file), /^\w+ \w (\S+)/gm),
    problems,
  }
}

/**
 * @param {string} file
 * @returns {Found}
 */
function readMachO(file) {
  const symbols = llvm('nm', file)
  const imports = all(symbols, /^\s*U _?(\w+)/gm)
  const commands = llvm('objdump', '--macho', '--private-headers', file)
  const [oldest = 'unknown'] = all(commands, /^\s*minos (\S+)/gm)
  const problems = imports
    .filter((name) => !ofNode.test(name) && !libSystem.has(name))
    .map((name) => `imports ${name}`)
  if (oldest !== MACOS) problems.push(`is for macOS ${oldest}`)
  if (file.includes('arm64') && !commands.includes('LC_CODE_SIGNATURE')) {
    problems.push('is not signed')
  }
  const defined = all(symbols, /^\w+ (\w \S+)/gm)
  if (defined.some((symbol) => /^[a-z]/.test(symbol))) problems.push('is not stripped')
  const exports = defined.map((symbol) => symbol.replace(/^\w _/, ''))
  return { oldest: `macOS ${oldest}`, imports, exports, problems }
}

/**
 * @param {string} file
 * @returns {Found}
 */
function readCoff(file) {
  const headers = llvm('readobj', '--file-headers', file)
  const version = ['Major', 'Minor'].map((part) =>
    all(headers, new RegExp(`${part}SubsystemVersion: (\\d+)`, 'g')).join(),
  )
  const problems = []
  if (version.join('.') !== WINDOWS) problems.push(`is for Windows ${version.join('.')}`)
  if (!/SymbolCount: 0\s/.test(headers)) problems.push('is not stripped')
  const exports = all(llvm('readobj', '--coff-exports', file), /^\s*Name: (\S+)/gm)
  // The functions of Node are looked up by these names: node_imports_windows.cc.
  const names = all(readFileSync(file, 'latin1'), /(?<=\0)((?:napi|node_api|uv)_\w+)(?=\0)/g)
  const imports = all(llvm('readobj', '--coff-imports', file), /^\s*Symbol: (\w+)/gm)
  imports.push(...names.filter((name) => !exports.includes(name)))
  return { oldest: 'Windows 8', imports, exports, problems }
}

/** @param {string} name below prebuilds/ */
function check(name) {
  const file = path.join(root, 'prebuilds', name)
  if (!existsSync(file)) throw new Error('missing: npm run prebuild:all makes it')
  const { size } = statSync(file)
  const read = name.startsWith('linux') ? readElf : name.startsWith('darwin') ? readMachO : readCoff
  const { oldest, imports, exports, problems } = read(file)
  const needed = /NeededLibraries \[([^\]]*)\]/.exec(llvm('readobj', '--needed-libs', file))?.[1]
  // For macOS the list includes the file itself.
  const libraries = all(needed ?? '', /(\S+)/g).filter((library) => !library.startsWith('@rpath/'))
  if (size > MAX_BYTES) problems.push(`has more than ${MAX_BYTES} bytes`)
  for (const library of libraries) {
    if (!systemLibraries.some((known) => known.test(library))) problems.push(`needs ${library}`)
  }
  if ([...exports].sort().join() !== [...exported].sort().join()) {
    problems.push(`must export ${exported.join(', ')}`)
  }
  if (!imports.some((symbol) => symbol.startsWith('napi_'))) problems.push('imports no Node-API')
  const ofSystem = imports.filter((symbol) => !ofNode.test(symbol))
  console.log(`${problems.length === 0 ? 'ok  ' : 'FAIL'} ${name}: ${size} bytes, ${oldest}`)
  console.log(`     libraries: ${libraries.join(' ')}`)
  console.log(`     imports: ${imports.length - ofSystem.length} of Node, ${ofSystem.join(' ')}`)
  console.log(`     exports: ${exports.join(' ')}`)
  if (problems.length > 0) throw new Error(problems.join('; '))
}

let failed = 0
for (const { file } of prebuilds) {
  try {
    check(file)
  } catch (error) {
    failed++
    console.log(`FAIL ${file}: ${messageOf(error)}`)
  }
}
console.log(`${prebuilds.length - failed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)
