import { expect } from 'vitest'
import { Child } from './child'
import type { Ended } from './matchers'

/** How long each file of the stress run may take, about. */
export const SECONDS = Number(process.env['STRESS_SECONDS'] ?? 20)

/** What a run that cannot end is killed after. The last doubling may take as long as all before. */
export const KILL_SECONDS = 120 + 4 * SECONDS

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
