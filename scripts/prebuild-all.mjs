// Compiles all prebuilt binaries, on Linux x64, into prebuilds/:
//
//   npm run prebuild:all
//
// The first run compiles Zig's own libraries too, for minutes. They stay in
// .cache/zig: a run without changes takes seconds.
//
// Unlike the files that node-gyp compiles, they need no C++ run-time library:
// native/standalone/ replaces what the addon uses of it, and the link step has
// none. So they run on every system that is new enough, and are small.
import { copyFileSync, mkdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { compile, compileNodeImports, exported, forEach, run, zig } from './support/cross.mjs'
import { prebuilds } from './support/prebuilds.mjs'
import { cache, projectFiles, root } from './support/tools.mjs'

/** A file that is for one system is empty on the others. */
const sources = projectFiles(
  ...['addon', 'core', 'platform'].map((layer) => `native/${layer}/*.cc`),
)

/**
 * The command that links object files into `output`.
 *
 * @param {string} triple
 * @param {string} system of the triple
 * @param {string} output
 */
function linker(triple, system, output) {
  if (system === 'macos') {
    const arch = triple.startsWith('x86_64') ? 'x86_64' : 'arm64'
    // Zig's own linker for macOS does not strip. A segment of its own for constants would add 16 KiB.
    return [
      ...['ld64.lld-14', '-dylib', '-arch', arch, '-platform_version', 'macos', '11.0', '11.0'],
      ...['-undefined', 'dynamic_lookup', '-dead_strip', '-S', '-no_data_const', '-adhoc_codesign'],
      ...['-install_name', '@rpath/futex-waitgroup.node'],
      ...exported.flatMap((name) => ['-exported_symbol', `_${name}`]),
      ...[path.join(path.dirname(zig), 'lib/libc/darwin/libSystem.11.tbd'), '-o', output],
    ]
  }
  return [
    // `zig cc`, not `zig c++`: it links no C++ library.
    ...[zig, 'cc', '-target', triple, '-O2', '-shared', '-s', '-Wl,--gc-sections', '-o', output],
    ...(system === 'windows'
      ? // kernel32 first: the other one has some of its functions too.
        ['-lkernel32', '-lapi-ms-win-core-synch-l1-2-0']
      : // lazy: other runtimes lack some functions of libuv, which lib/ uses in Node only.
        ['-Wl,--version-script=native/exports.map', '-Wl,-z,lazy']),
  ]
}

/** @param {import('./support/prebuilds.mjs').Prebuild} prebuild */
async function build({ file, triple }) {
  const [, system = ''] = triple.split(/[-.]/)
  const folder = path.join(cache, 'cross/output', triple)
  const compiler = [zig, 'c++', '-target', triple]
  compiler.push(system === 'windows' ? '-D__USE_MINGW_ANSI_STDIO=0' : '-fPIC')
  const objects = await compile(compiler, sources, folder)
  if (system === 'windows') objects.push(await compileNodeImports(compiler, objects, folder))
  const allocation = ['native/standalone/allocation.cc']
  objects.push(...(await compile([...compiler, HIDE_NEW], allocation, folder)))
  // The linker may put other files beside it.
  const linked = path.join(folder, 'linked.node')
  await run([...linker(triple, system, linked), ...objects], 900)
  // The linker keeps the names of local symbols. This also signs the file again.
  if (system === 'macos') await run(['llvm-strip', '-x', linked], 60)
  const output = path.join(root, 'prebuilds', file)
  mkdirSync(path.dirname(output), { recursive: true })
  copyFileSync(linked, output)
  return `${statSync(output).size} bytes`
}
// Clang exports operator new by default.
const HIDE_NEW = '-fvisibility-global-new-delete-hidden'

if (!(await forEach(prebuilds, ({ file }) => file, build))) process.exitCode = 1
