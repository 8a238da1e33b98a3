import { describe, test } from 'vitest'
import { checkStaysLoaded, ends } from '../helpers/stay-loaded'

/** The stress run has fifty and more. */
const ROUNDS = 10

describe.concurrent('the addon stays loaded when the only worker that has it ends with', () => {
  test.each(ends.map((each) => [each.end, each] as const))('%s', async (_, each) => {
    await checkStaysLoaded(each, ROUNDS)
  })
})
