// The errors and values of the table of deaths, as they arrive at the parent. No thread dies here:
// they are serialized, cloned and deserialized in one thread.
import { describe, expect, test } from 'vitest'
import { deserializeError } from '../../lib/threads/transfer/deserialize-error'
import { serializeError } from '../../lib/threads/transfer/serialize-error'
import { byName } from '../helpers/by-name'
import { matcher } from '../helpers/deaths'
import { deaths } from '../threads/fixtures/deaths.mjs'
import { describeThrown } from '../threads/fixtures/describe-thrown.mjs'

/** What a script throws. */
function thrownBy(script: string): unknown {
  try {
    // The scripts are ours.
    // eslint-disable-next-line @typescript-eslint/no-implied-eval
    new Function(script)()
  } catch (error) {
    return error
  }
  return expect.unreachable('nothing was thrown')
}

describe('an error or a value arrives as it was thrown', () => {
  test.each(byName(deaths.filter(({ serialization }) => serialization)))(
    '%s',
    (_, { script, expected }) => {
      const arrived = deserializeError(structuredClone(serializeError(thrownBy(script))))
      // In JSON, as from a process: without what is undefined.
      const described: unknown = JSON.parse(JSON.stringify(describeThrown(arrived)))
      expect(described).toEqual(matcher(expected.error))
    },
  )
})
