// Runs the program test/platforms/fixtures/conformance, and reads what it prints.
import { spawn } from 'node:child_process'
import * as fs from 'node:fs'
import path from 'node:path'
import { root } from './tools.mjs'

const FIXTURE = path.join(root, 'test/platforms/fixtures/conformance')
const KILL_SECONDS = 300

/** What a thread of the program prints while it is joined. */
const PRINTED = Array.from({ length: 10 }, (_, index) => `# printed line ${index + 1}`).join()

/**
 * What runtimes cannot do: these features fail with the documented error.
 *
 * @type {{ [runtime: string]: string[] }}
 */
export const unsupportedBy = {
  Bun: ['deadlock'],
  Deno: ['deadlock', 'spawn', 'terminate', 'join', 'run'],
}

/** The checks of the program, as its first run has printed them. @type {string[]} */
const checks = []

/** @param {string} check */
const featureOf = (check) => check.slice(0, check.indexOf(':'))

/**
 * Runs a command with its output in a file: wine gives a Node no pipe.
 *
 * @param {readonly string[]} command
 * @param {string} cwd
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{ end: string, output: string }>} end: what ended it, if not exit code 0
 */
export function run([program = '', ...args], cwd, env) {
  const file = path.join(cwd, 'output.txt')
  const output = fs.openSync(file, 'w')
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', output, output] })
  const timer = setTimeout(() => child.kill('SIGKILL'), KILL_SECONDS * 1000)
  return new Promise((resolve) => {
    /** @param {string} end */
    const ended = (end) => {
      clearTimeout(timer)
      fs.closeSync(output)
      resolve({ end, output: fs.readFileSync(file, 'utf8') })
    }
    child.on('error', (error) => ended(error.message))
    child.on('exit', (code, signal) => ended(code === 0 ? '' : (signal ?? `exit code ${code}`)))
  })
}

/**
 * Copies the program into a folder and runs it there.
 *
 * @param {readonly string[]} command that runs a script
 * @param {string} folder new, in a project that has the package
 * @param {NodeJS.ProcessEnv} env
 * @param {readonly string[]} [unsupported] features
 */
export async function runConformance(command, folder, env, unsupported = []) {
  fs.cpSync(FIXTURE, folder, { recursive: true })
  const { end, output } = await run([...command, 'conformance.mjs'], folder, env)
  /** @type {Map<string, 'ok' | 'unsupported' | 'FAIL'>} */
  const features = new Map()
  /** @type {string[]} */
  const failures = []
  /** @param {string} check @param {string} what */
  const fail = (check, what) => {
    features.set(featureOf(check), 'FAIL')
    failures.push(`${check}: ${what}`)
  }
  const found = [...output.matchAll(/^(ok|unsupported|FAIL) ((\w+): [^:\r\n]+)(.*?)\r?$/gm)]
  for (const [line, kind, check = '', feature = ''] of found) {
    const expected = unsupported.includes(feature) ? 'unsupported' : 'ok'
    if (kind !== expected) fail(check, `expected ${expected}: ${line}`)
    else if (!features.has(feature)) features.set(feature, expected)
  }
  const names = found.map(([, , check = '']) => check)
  if (checks.length === 0) checks.push(...names)
  const missing = checks.find((check) => !names.includes(check))
  if (missing !== undefined || checks.length === 0) {
    fail(missing ?? 'group: any', `not reached: ${output.slice(-1000)}`)
  }
  if (end === '') features.set('process', 'ok')
  else fail('process: ends by itself', end)
  const printed = output.match(/^# printed line \d+/gm) ?? []
  if (!unsupported.includes('spawn') && printed.join() !== PRINTED) {
    fail('spawn: a thread that prints', `printed ${printed.join() || 'nothing'}`)
  }
  return { features, failures }
}
