import { existsSync } from 'node:fs'
import { runtimes } from '../../scripts/support/runtimes.mjs'
import { Child } from './child'
import { buildConsumer, missing } from './core'
import type { Ended } from './matchers'
import { inTest } from './paths'

const node = { name: 'Node', file: process.execPath, args: ['--expose-gc'] }

/** The runtimes that are here, and how they run a script. */
export const here = [node, ...runtimes].filter(({ name, file }) => {
  if (existsSync(file)) return true
  console.warn(`NOT TESTED: ${name}: run node scripts/runtimes.mjs to install it`)
  return false
})

if (missing !== undefined) console.warn(`NOT TESTED: threads of other addons: ${missing}`)

/** The cases of operations.mjs. */
export const operations: readonly string[] = [
  'each operation',
  'its external in place of the group',
  'a wait that JavaScript releases',
  'waits of JavaScript that a native thread releases',
  'a wait that times out',
  'a negative counter',
  'a misuse',
  'a reuse',
  'no group',
  'a null pointer',
  'a wrong version',
  'a wrong thread',
  'an exception that is pending',
]

const terminated = ['terminate', 'terminate, awaiting']
/** There Deno does not run cleanup hooks: it leaves the thread as it is. */
const terminatedWhileBusy = ['terminate, computing', 'terminate, blocked']
const ended = ['exit', 'throw', 'natural end', 'the collector']

const ways: Record<string, readonly string[]> = {
  Node: [...terminated, ...terminatedWhileBusy, ...ended, 'out of memory'],
  Bun: [...terminated, ...terminatedWhileBusy, ...ended],
  Deno: [...terminated, ...ended],
}

/** The arguments of ends.mjs that end a worker of a runtime. */
export function endsOf(runtime: string): (readonly [where: string, how: string])[] {
  const places = runtime === 'Node' ? ['worker', 'nested'] : ['worker']
  return places.flatMap((where) => (ways[runtime] ?? []).map((how) => [where, how] as const))
}

/** Runs a script of test/native/fixtures/ with the addon consumer.cc. */
export async function runConsumer(
  { file, args }: (typeof here)[number],
  script: string,
  ...more: readonly string[]
): Promise<Ended> {
  const addon = await buildConsumer(inTest('native/fixtures/consumer.cc'))
  const path = inTest(`native/fixtures/${script}`)
  return new Child(file, [...args, path, addon, ...more]).ended
}
