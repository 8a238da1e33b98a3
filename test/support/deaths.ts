import { expect } from 'vitest'
import type { Death, Description } from '../fixtures/deaths.mjs'
import { Child } from './child'

/** What thread-deaths.mjs prints of one death. */
interface Outcome {
  form: string
  milliseconds: number
}

/**
 * Lets threads die by this row of the table.
 *
 * @param seconds - After these it is killed: where the join hangs, nothing else ends it.
 * @returns how long each join took, in milliseconds.
 */
export async function checkDeath(row: Death, times: number, seconds = 50): Promise<number[]> {
  const child = Child.node('thread-deaths.mjs', [row.name, String(times)], seconds)
  const { stdout, stderr, ...ended } = await child.ended
  expect({ ...ended, stderr }).toEqual({
    code: 0,
    signal: null,
    stderr: expect.stringMatching(row.complaint ?? /^$/),
  })
  const end = stdout.trimEnd().lastIndexOf('\n')
  expect(stdout.slice(0, end)).toMatch(row.output ?? /^\n?$/)
  const outcomes = JSON.parse(stdout.slice(end)) as Outcome[]
  expect(outcomes).toEqual(outcomes.map(({ form }) => expectedOf(row, form)))
  return outcomes.map(({ milliseconds }) => milliseconds)
}

/** The same for a scene of thread-deaths-together.mjs. */
export async function checkScene(scene: string, times: number, seconds = 50): Promise<number[]> {
  const args = [scene, String(times)]
  const { stdout, ...ended } = await Child.node('thread-deaths-together.mjs', args, seconds).ended
  expect(ended).toEqual({ code: 0, signal: null, stderr: '' })
  return JSON.parse(stdout) as number[]
}

function expectedOf({ expected }: Death, form: string) {
  const { code, early = code, error, later = error } = expected
  return {
    form,
    milliseconds: expect.any(Number) as number,
    early: matcher(early),
    ...(error !== undefined && { error: matcher(error) }),
    code: matcher(code),
    ...(later != null && { later: matcher(later) }),
  }
}

/** A regular expression matches a string, and anything else as it is written in JSON. */
function matcher(description: Description | number | undefined): unknown {
  if (description instanceof RegExp) {
    return expect.toSatisfy((value: unknown) => {
      return description.test(typeof value === 'string' ? value : JSON.stringify(value))
    }, String(description))
  }
  if (typeof description !== 'object') return description
  if (Array.isArray(description)) return description.map(matcher)
  return Object.fromEntries(
    Object.entries(description).map(([key, value]) => [key, matcher(value as Description)]),
  )
}
