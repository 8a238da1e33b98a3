// Lets threads die as the table of deaths says (threads/fixtures/deaths.mjs), and checks what their
// parents found.
import { expect } from 'vitest'
import type { Death, Description, Form } from '../threads/fixtures/deaths.mjs'
import { Child, type ChildOptions } from './child'
import type { Ended } from './matchers'

/** One death: the form of the script, and the number that the row's `kill` is called with. */
interface Step {
  form: Form
  round: number
}

interface Plan {
  row: Death
  steps: readonly Step[]
}

/** What die.mjs prints of one death. */
interface Outcome {
  form: Form
  milliseconds: number
}

/** How a row went. The end has the row's own output only. No outcomes: the process died in it. */
interface Verdict {
  ended: Ended
  outcomes: readonly Outcome[] | undefined
}

/** Each form of the row in turn, at least so many deaths. */
export function allSteps(row: Death, times: number): Step[] {
  const length = Math.max(times, row.rounds ?? 1, row.forms.length)
  return Array.from({ length }, (_, round) => ({
    form: row.forms[round % row.forms.length] ?? 'eval',
    round,
  }))
}

/**
 * One form that CommonJS loads and one that the ES module loader loads, or one of the two; five
 * rounds of many.
 */
export function fewSteps(row: Death, index: number): Step[] {
  const kinds = [
    ['eval', 'cjs', 'missing.cjs'],
    ['mjs', 'data', 'missing.mjs'],
  ] as const
  const forms = kinds.flatMap((kind) => {
    const possible = row.forms.filter((form) => (kind as readonly Form[]).includes(form))
    return possible.length === 0 ? [] : [possible[(index >> 1) % possible.length] ?? 'eval']
  })
  if (row.oneForm) forms.splice(index % forms.length, forms.length - 1)
  const { rounds = 1 } = row
  const length = Math.max(forms.length, Math.min(rounds, 5))
  return Array.from({ length }, (_, i) => ({
    form: forms[i % forms.length] ?? 'eval',
    round: rounds === 1 ? i : Math.round((i * (rounds - 1)) / (length - 1)),
  }))
}

const ROW_LINE = /^\n?(\{"name":.*\})\n/m

/**
 * Runs rows one after the other in one process. Where it hangs or dies, the row that it was in gets
 * that end, and the rows after it get a process of their own.
 */
async function run(plans: readonly Plan[], options: ChildOptions): Promise<Verdict[]> {
  const plan = plans.map(({ row: { name }, steps }) => ({ name, steps }))
  const args = [JSON.stringify(plan)]
  const ended = await Child.node('threads/fixtures/die.mjs', args, options).ended
  const verdicts: Verdict[] = []
  let left = ended.stdout
  for (let line; (line = ROW_LINE.exec(left)) !== null;) {
    const { name, outcomes } = JSON.parse(line[1] ?? '') as { name: string; outcomes: Outcome[] }
    expect(name).toBe(plan[verdicts.length]?.name)
    verdicts.push({
      ended: { code: 0, signal: null, stdout: left.slice(0, line.index), stderr: '' },
      outcomes,
    })
    left = left.slice(line.index + line[0].length)
  }
  if (verdicts.length === plans.length) {
    // What the process says at its end, or on stderr, is a matter of all of its rows.
    return verdicts.map(({ ended: { stdout }, outcomes }) => ({
      ended: { ...ended, stdout: stdout + left },
      outcomes,
    }))
  }
  verdicts.push({ ended: { ...ended, stdout: left }, outcomes: undefined })
  const rest = plans.slice(verdicts.length)
  return rest.length === 0 ? verdicts : [...verdicts, ...(await run(rest, options))]
}

function check({ row, steps }: Plan, { ended, outcomes }: Verdict): number[] {
  expect(ended).toExit({ stdout: row.output ?? /^\n?$/, stderr: row.complaint ?? '' })
  expect(outcomes).toEqual(steps.map(({ form }) => expectedOf(row, form)))
  return (outcomes ?? []).map(({ milliseconds }) => milliseconds)
}

/**
 * Lets threads die by this row, in a process of its own.
 *
 * @returns how long each join took, in milliseconds
 */
export async function checkDeath(
  row: Death,
  steps: readonly Step[],
  options: ChildOptions = {},
): Promise<number[]> {
  const plan = { row, steps }
  const [verdict] = await run([plan], options)
  return check(plan, verdict ?? expect.unreachable('no verdict'))
}

/**
 * The same for many rows, which share so many processes. A row with output has one of its own.
 *
 * @returns checks one of the rows, by its index
 */
export function deathsTogether(
  rows: readonly Death[],
  processes: number,
): (index: number) => Promise<void> {
  const plans = rows.map((row, index) => ({ row, steps: fewSteps(row, index) }))
  const silent = plans.filter(({ row }) => row.output === undefined && row.complaint === undefined)
  const batches = new Map<number, Promise<Verdict[]>>()
  return async (index) => {
    const plan = plans[index] ?? expect.unreachable('no such row')
    const place = silent.indexOf(plan)
    if (place === -1) {
      await checkDeath(plan.row, plan.steps)
      return
    }
    const number = place % processes
    const batch =
      batches.get(number) ??
      run(
        silent.filter((_, i) => i % processes === number),
        {},
      )
    batches.set(number, batch)
    const verdict = (await batch)[Math.floor(place / processes)]
    check(plan, verdict ?? expect.unreachable('no verdict'))
  }
}

/**
 * The same for a scene of die-together.mjs.
 *
 * @param threads - how many, where the scene is about many
 */
export async function checkScene(
  scene: string,
  times: number,
  threads: number,
  options?: ChildOptions,
): Promise<number[]> {
  const args = [scene, times, threads].map(String)
  const ended = await Child.node('threads/fixtures/die-together.mjs', args, options).ended
  expect(ended).toExitCleanly()
  return JSON.parse(ended.stdout) as number[]
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
export function matcher(description: Description | number | undefined): unknown {
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
