import { describe, expect, test } from 'vitest'
import { deaths, scenes } from './fixtures/deaths.mjs'
import { checkDeath, checkScene } from './support/deaths'

describe.concurrent('a thread that died under a blocked parent: what the parent finds', () => {
  test.each(deaths)('$name', async (row) => {
    expect(await checkDeath(row, 1)).not.toHaveLength(0)
  })
})

describe.concurrent('nobody hangs on', () => {
  test.each(scenes)('%s', async (scene) => {
    expect(await checkScene(scene, 3)).toHaveLength(3)
  })
})
