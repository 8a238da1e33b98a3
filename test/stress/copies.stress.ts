import { afterAll, beforeAll, test } from 'vitest'
import { Copies } from '../helpers/copies'
import { double } from '../helpers/stress'

let copies: Copies
beforeAll(() => {
  copies = new Copies(['A', 'B', 'C'])
})
afterAll(() => copies.remove())

test('workers load three copies at once', async () => {
  await double('platforms/fixtures/copies.mjs', 100, (work) => [
    copies.folder,
    'three at once',
    `${work}`,
  ])
})

test('workers load copies and die', async () => {
  await double('platforms/fixtures/copies.mjs', 5, (work) => [copies.folder, 'storm', `${work}`])
})
