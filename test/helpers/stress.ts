import { expect } from 'vitest'
import { Child } from './child'
import type { Ended } from './matchers'
import { KILL_SECONDS, SECONDS } from './stress-seconds.mjs'

export { KILL_SECONDS, SECONDS }

/** A new seed, or the one that STRESS_SEED repeats. */
export function newSeed(): number {
  return Number(process.env['STRESS_SEED'] ?? Date.now() % 1e6)
}

/**
 * Runs a script, by its path from test/, with more and more work until the time is up.
 *
 * @param arguments_ - the script's arguments for that much work.
 */
export async function double(
  script: string,
  work: number,
  arguments_: (work: number) => readonly string[],
): Promise<void> {
  const end = performance.now() + SECONDS * 1000
  do {
    const args = arguments_(work)
    console.log(`${script} ${args.join(' ')}`)
    const ended: Ended = await Child.node(script, args, { killSeconds: KILL_SECONDS }).ended
    console.log(ended.stdout)
    expect(ended).toExitCleanly()
    work *= 2
  } while (performance.now() < end)
}
