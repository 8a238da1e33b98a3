// A libstdc++ for musl, which Bun's musl build needs: Debian has none. This links the
// parts that the program uses from Debian's static one, which is for glibc.
import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { cache, root } from './tools.mjs'

/**
 * @param {string} command
 * @param {...string} args
 */
const outputOf = (command, ...args) =>
  execFileSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 28 })

/** The C++ run time's names. */
const CXX = /^(_Z|__cxa|__dynamic_cast|__gxx|_Unwind)/

/**
 * Needs Debian's musl-tools and libstdc++-12-pic.
 *
 * @param {string} program that will load the library
 * @returns {string} the folder of the library
 */
export function linkMuslLibstdcxx(program) {
  const symbols = outputOf('readelf', '--dyn-syms', '--wide', program)
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    // What it does not define, and the tables of classes, of which it has copies.
    .filter(([, , , type, , , section]) => section === 'UND' || type === 'OBJECT')
    .map((columns) => columns[7]?.replace(/@.*/, '') ?? '')
    .filter((name) => CXX.test(name))
  const folder = path.join(cache, 'platforms/musl')
  mkdirSync(folder, { recursive: true })
  const gcc = (/** @type {string} */ name) => outputOf('gcc', `-print-file-name=${name}`).trim()
  execFileSync('musl-gcc', [
    ...['-shared', '-fPIC', '-O2', '-Wl,-soname,libstdc++.so.6'],
    ...[path.join(root, 'scripts/support/musl-libstdcxx.c')],
    ...symbols.map((name) => `-Wl,-u,${name}`),
    ...['libstdc++_pic.a', 'libgcc_eh.a', 'libgcc.a'].map(gcc),
    ...['-o', path.join(folder, 'libstdc++.so.6')],
  ])
  return folder
}
