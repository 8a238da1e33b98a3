import { expect, test } from 'vitest'
import { Child } from '../helpers/child'
import { buildConsumer, missing } from '../helpers/core'
import { inTest } from '../helpers/paths'
import { KILL_SECONDS, newSeed, SECONDS } from '../helpers/stress'

test.runIf(missing === undefined)('native threads hold handles of workers that end', async () => {
  const addon = await buildConsumer(inTest('native/fixtures/consumer.cc'))
  const args = [addon, `${SECONDS}`, `${newSeed()}`]
  console.log(`storm.mjs ${args.join(' ')}`)
  const ended = await Child.node('native/fixtures/storm.mjs', args, { killSeconds: KILL_SECONDS })
    .ended
  console.log(ended.stdout)
  expect(ended).toExitCleanly(/workers, /)
})
