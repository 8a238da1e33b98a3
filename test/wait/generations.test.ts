import { expect, test } from 'vitest'
import { Child } from '../helpers/child'

/** The stress run begins with as many, and doubles them. */
const GENERATIONS = 5000

test('every generation of five threads sees all plain writes and leaves an idle group', async () => {
  const seed = Date.now() % 100_000
  console.log(`seed ${seed}`)
  const child = Child.node('wait/fixtures/generations.mjs', [
    '5',
    `${GENERATIONS}`,
    `${seed}`,
    'mixed',
  ])
  const ended = await child.ended
  expect(ended).toExitCleanly()
  const { stdout } = ended
  expect(JSON.parse(stdout)).toMatchObject({ generations: GENERATIONS })
})
