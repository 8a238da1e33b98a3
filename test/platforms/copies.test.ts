import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Child } from '../helpers/child'
import { Copies, exportsOf } from '../helpers/copies'
import { buildAddon, missing } from '../helpers/core'
import { built, inTest } from '../helpers/paths'

/** The stress run begins with a hundred. */
const ROUNDS = 25

let copies: Copies
beforeAll(() => {
  copies = new Copies(['A', 'B', 'C'])
})
afterAll(() => copies.remove())

const run = (what: string, ...args: readonly string[]) =>
  Child.node('platforms/fixtures/copies.mjs', [copies.folder, what, ...args]).ended

describe('a promise wait through one copy of the package settles when', () => {
  test.each(
    [
      { what: 'one thread', title: 'the same thread releases through another copy' },
      { what: 'main and a worker', title: 'a worker releases through another copy' },
      { what: 'the end of a thread', title: 'a thread ends that another copy has spawned' },
    ].map((each) => [each.title, each] as const),
  )('%s', async (_, { what }) => {
    expect(await run(what)).toExitCleanly('settled true\n')
  })

  // Each process decides anew which copy is the head.
  test.each([1, 2, 3])('six workers load three copies at once: process %i', async () => {
    const expected = `settled ${3 * ROUNDS}\n`.repeat(6) + 'idle true\n'
    expect(await run('three at once', `${ROUNDS}`)).toExitCleanly(expected)
  })
})

if (missing !== undefined) console.warn(`not tested: C++ threads on a group, since ${missing}`)

test.runIf(missing === undefined)(
  'a promise wait settles when a C++ thread of another addon counts down',
  async () => {
    const addon = await buildAddon(inTest('deadlock/fixtures/native-thread.cc'))
    const ended = await run('a native thread', path.join(copies.folder, 'A', built.binding), addon)
    expect(ended).toExitCleanly('retained 0 1 settled true\n')
  },
)

if (process.platform !== 'linux') console.warn('not tested: incompatible copies: ELF only')

describe.runIf(process.platform === 'linux')('the struct that copies find each other by', () => {
  test('an incompatible copy fails to load and names both, and the first goes on', async () => {
    const mixed = new Copies(['A', 'B', 'C'])
    try {
      mixed.makeIncompatible('B')
      const ended = await Child.node('platforms/fixtures/copies.mjs', [
        mixed.folder,
        'incompatible',
        'A',
      ]).ended
      expect(ended).toExitCleanly()
      const { errors, reached } = JSON.parse(ended.stdout)
      expect(reached).toBe(true)
      // At the second try, too. C came after B, and loads.
      expect(errors).toMatchObject([{ name: 'B' }, { name: 'B' }])
      for (const { code, message } of errors) {
        expect(code).toBe('ERR_WAITGROUP_INCOMPATIBLE_COPY')
        expect(message).toContain(mixed.addonOf('A'))
        expect(message).toContain(mixed.addonOf('B'))
      }
    } finally {
      mixed.remove()
    }
  })

  test('nothing else is exported, and stripping leaves it', () => {
    const addon = copies.addonOf('A')
    const names = () => [...exportsOf(readFileSync(addon)).keys()].sort()
    const expected = [
      'futex_waitgroup_copy',
      'napi_register_module_v1',
      'node_api_module_get_api_version_v1',
    ]
    expect(names()).toEqual(expected)
    if (missing !== undefined) {
      console.warn(`not tested: strip, since ${missing}`)
      return
    }
    execFileSync('strip', [path.basename(addon)], { cwd: path.dirname(addon) })
    expect(names()).toEqual(expected)
  })
})
