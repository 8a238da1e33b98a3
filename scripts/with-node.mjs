// Runs a command with another Node first in PATH:
//
//   node scripts/with-node.mjs 24 -- npx vitest run
//
// scripts/nodes pins the versions. Linux on x64 only.
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { installTools } from './support/tools.mjs'

const [line, separator, command, ...args] = process.argv.slice(2)
if (line === undefined || !/^\d+$/.test(line) || separator !== '--' || command === undefined) {
  process.stderr.write('usage: node scripts/with-node.mjs 22|24|26 -- command…\n')
  process.exit(2)
}
const bin = path.join(installTools('nodes'), `node-${line}`, 'bin')
const env = { ...process.env, PATH: `${bin}${path.delimiter}${process.env['PATH'] ?? ''}` }
const version = spawnSync('node', ['--version'], { env, encoding: 'utf8' }).stdout.trim()
if (!version.startsWith(`v${line}.`)) {
  process.stderr.write(`with-node: scripts/nodes/package.json has no working Node ${line}\n`)
  process.exit(2)
}
process.stderr.write(`with-node: ${version}\n`)
const { status, signal, error } = spawnSync(command, args, { env, stdio: 'inherit' })
if (error) process.stderr.write(`with-node: ${error.message}\n`)
if (signal) process.stderr.write(`with-node: ${command} ended by ${signal}\n`)
process.exit(status ?? 1)
