import path from 'node:path'
import { expect, test } from 'vitest'
import { Child } from '../helpers/child'
import { root } from '../helpers/paths'

const example = (name: string, ...args: string[]) =>
  new Child(process.execPath, [path.join(root, 'examples', name), ...args]).ended

const PRIMES = '9592 primes up to 100000\n17984 primes up to 200000\n'

test('examples/run prints what its threads return', async () => {
  const more = '25997 primes up to 300000\n33860 primes up to 400000\n'
  expect(await example('run/run.mjs')).toExitCleanly(PRIMES + more)
})

test('examples/piscina awaits more tasks than its pool has threads', async () => {
  const ended = await example('piscina/main.mjs', '100000', '200000', '1', '2')
  expect(ended).toMatchObject({
    code: 0,
    stdout: `${PRIMES}0 primes up to 1\n1 primes up to 2\n`,
  })
})

// Node 20 cannot.
test.runIf(Boolean(Reflect.get(process.features, 'typescript')))(
  'examples/typescript runs without a build',
  async () => {
    expect(await example('typescript/main.mts')).toMatchObject({ code: 0, stdout: '500000\n' })
  },
)
