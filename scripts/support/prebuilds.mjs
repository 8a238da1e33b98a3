/**
 * @typedef {object} Prebuild
 * @property {string} file below prebuilds/, where node-gyp-build finds it
 * @property {string} triple Zig's name of the target
 */

/**
 * The prebuilt binaries, for the oldest systems that the README names: glibc 2.28, macOS 11.0.
 *
 * @type {readonly Prebuild[]}
 */
export const prebuilds = [
  { file: 'linux-x64/futex-waitgroup.glibc.node', triple: 'x86_64-linux-gnu.2.28' },
  { file: 'linux-arm64/futex-waitgroup.glibc.node', triple: 'aarch64-linux-gnu.2.28' },
  { file: 'linux-x64/futex-waitgroup.musl.node', triple: 'x86_64-linux-musl' },
  { file: 'linux-arm64/futex-waitgroup.musl.node', triple: 'aarch64-linux-musl' },
  { file: 'darwin-x64/futex-waitgroup.node', triple: 'x86_64-macos.11.0' },
  { file: 'darwin-arm64/futex-waitgroup.node', triple: 'aarch64-macos.11.0' },
  { file: 'win32-x64/futex-waitgroup.node', triple: 'x86_64-windows-gnu' },
  { file: 'win32-arm64/futex-waitgroup.node', triple: 'aarch64-windows-gnu' },
]
