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
