import { describe, expect, test } from 'vitest'
import { checkScene, deathsTogether } from '../helpers/deaths'
import { deaths, scenes } from './fixtures/deaths.mjs'

// What is thrown is a matter of serialization: unit/thrown-errors.test.ts. Two of them die here, too.
const END_TO_END = ['an error with causes', 'a thrown symbol']
const rows = deaths.filter(({ name, serialization }) => !serialization || END_TO_END.includes(name))

describe.concurrent('the parent finds how a thread died while it was blocked in wait()', () => {
  const check = deathsTogether(rows, 8)
  test.each(rows.map(({ name }, index) => [name, index] as const))('%s', (_, index) => check(index))
})

describe.concurrent('no wait hangs after', () => {
  test.each(scenes)('%s', async (scene) => {
    const times = scene.startsWith('many') ? 1 : 2
    expect(await checkScene(scene, times, 40)).toHaveLength(times)
  })
})
