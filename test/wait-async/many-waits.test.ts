import { test } from 'vitest'
import { checkManyWaits } from '../helpers/many-waits'

/** The stress run has 16 and more. */
const ROUNDS = 7

test('100,000 waits on 1,000 groups from 4 threads all settle, again and again, and leave no memory', () =>
  checkManyWaits(ROUNDS))
