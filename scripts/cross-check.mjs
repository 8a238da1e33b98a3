// Compiles the C++ stress test, which does not use Node, for other systems than
// this one, and runs it for a second: Windows' with wine, arm64's with qemu,
// musl's directly. Warnings are errors. Prints a line for each, and says if the
// program was not run. Runs on Linux x64.
import path from 'node:path'
import { compile, forEach, run, zig } from './support/cross.mjs'
import { cache, hasCommand, projectFiles } from './support/tools.mjs'

const MINGW = 'x86_64-w64-mingw32-g++-posix'

/**
 * @typedef {object} Target
 * @property {string} name
 * @property {string[]} compiler the command and its first options
 * @property {string[]} link options for the linker
 * @property {string} [runner] the program that runs it; undefined: it runs directly
 */

/** @type {Target[]} */
const targets = [
  {
    name: 'x86_64-windows',
    compiler: [MINGW],
    link: ['-static', '-lsynchronization'],
    runner: 'wine',
  },
  ...['aarch64-linux-musl', 'x86_64-linux-musl'].map((name) => ({
    name,
    compiler: [zig, 'c++', '-target', name],
    link: ['-static'],
    ...(name.startsWith('aarch64') ? { runner: 'qemu-aarch64-static' } : {}),
  })),
]

// A file that is for one system is empty on the others.
const sources = projectFiles('native/core/*.cc', 'native/platform/*.cc', 'test/core/stress.cc')

/** @param {Target} target */
async function check({ name, compiler, link, runner }) {
  if (compiler[0] === MINGW && !hasCommand(MINGW)) {
    throw new Error('not installed; Debian: apt-get install g++-mingw-w64-x86-64-posix')
  }
  const folder = path.join(cache, 'cross/stress', name)
  const program = path.join(folder, 'stress.exe')
  const objects = await compile(compiler, sources, folder)
  await run([...compiler, '-O2', ...objects, '-o', program, ...link], 840)
  const linked = `${sources.length} files`
  if (runner !== undefined && !hasCommand(runner)) return `${linked}; not run: ${runner} is missing`
  await run([...(runner === undefined ? [] : [runner]), program, '1'], 60)
  return `${linked}, run${runner === undefined ? '' : ` by ${runner}`}`
}

if (!(await forEach(targets, ({ name }) => name, check))) process.exitCode = 1
