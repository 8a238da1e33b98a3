import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Child } from '../support/child'
import { Copies } from '../support/copies'
import { build, buildModules, missing } from '../support/native'
import { double, KILL_SECONDS, SECONDS } from '../support/stress'

let copies: Copies
beforeAll(() => {
  copies = new Copies(['A', 'B', 'C'])
})
afterAll(() => copies.remove())

test('workers load three copies at once', async () => {
  await double('copies.mjs', 100, (work) => [copies.folder, 'three at once', `${work}`])
})

test('workers load copies and die', async () => {
  await double('copies.mjs', 5, (work) => [copies.folder, 'storm', `${work}`])
})

if (missing !== undefined) console.warn(`not tested: the native programs, since ${missing}`)

describe.runIf(missing === undefined)('copies of the native layers without Node', () => {
  test.each([
    { name: 'optimised', flags: [] },
    { name: 'under ThreadSanitizer', flags: ['-g', '-fsanitize=thread'] },
    {
      name: 'under AddressSanitizer and UndefinedBehaviorSanitizer',
      flags: ['-g', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'],
    },
  ])('agree on one list, $name', async ({ flags }) => {
    const modules = await buildModules(copies.folder, flags)
    const program = await build('copies_stress', copies.folder, flags)
    const seed = `${Date.now() % 100_000}`
    const args = [`${SECONDS}`, seed, ...modules]
    const { stdout, ...end } = await new Child(program, args, KILL_SECONDS).ended
    console.log(stdout)
    expect(end).toEqual({ code: 0, signal: null, stderr: '' })
  })
})
