import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { WaitGroup, WaitGroupError } from 'futex-waitgroup'
import { expect, test } from 'vitest'
import { buildConsumer, missing } from '../helpers/core'
import { inTest, root } from '../helpers/paths'

test.runIf(missing === undefined)('the header is strict C99', async () => {
  const { done } = createRequire(__filename)(await buildConsumer(inTest('native/fixtures/c99.c')))
  const wg = new WaitGroup()
  wg.add()
  expect(done(wg)).toBe(0)
  expect(done(wg)).toBe(3)
  expect(done({})).toBe(7)
  expect(() => wg.done()).toThrow(WaitGroupError)
})

test('include_dir is the folder of the header, and loads no addon', () => {
  const program = `
    const { include_dir } = require('futex-waitgroup/include')
    const loaded = Object.keys(require.cache).filter((file) => file.endsWith('.node'))
    console.log(JSON.stringify({ include_dir, loaded }))`
  for (const folder of [root, path.join(root, 'test/native')]) {
    const output = execFileSync(process.execPath, ['-e', program], {
      cwd: folder,
      encoding: 'utf8',
    })
    const { include_dir, loaded } = JSON.parse(output)
    expect(loaded).toEqual([])
    expect(existsSync(path.resolve(folder, include_dir, 'futex_waitgroup.h'))).toBe(true)
  }
})

test('native is an external, the same at each call, and of groups only', () => {
  const wg = new WaitGroup()
  const { native } = wg
  expect(wg.native).toBe(native)
  expect(new WaitGroup(wg.buffer).native).not.toBe(native)
  expect(Object.keys(wg)).toEqual(['buffer', 'byteOffset'])
  expect(() => Reflect.get(WaitGroup.prototype, 'native', {}) as unknown).toThrow(TypeError)
})
