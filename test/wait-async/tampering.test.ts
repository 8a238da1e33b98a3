// A program may change what all arrays share. The memory that C++ points to stays.
import { expect, test } from 'vitest'
import { Child } from '../helpers/child'

test.each([
  ['a setter on the prototype of arrays', 'setter', 'ERR_WAITGROUP_DEADLOCK\n'],
  ['a replaced method of arrays', 'method', 'ERR_WAITGROUP_DEADLOCK\n'],
  ['a replaced constructor of views', 'constructor', 'true\n'],
])('%s does not free the memory of a pending wait', async (_, name, printed) => {
  const options = { flags: ['--expose-gc'] }
  const { ended } = Child.node('wait-async/fixtures/tampering.mjs', [name], options)
  expect(await ended).toExitCleanly(printed)
})
