import path from 'node:path'
import { expect, test } from 'vitest'
import { Child } from '../helpers/child'
import { root } from '../helpers/paths'

test('examples/join says why its thread died, and loses no output', async () => {
  const script = path.join(root, 'examples', 'join', 'join.mjs')
  const { code, stdout, stderr } = await new Child(process.execPath, [script]).ended
  expect(stdout).toBe('3\n1\n')
  expect(stderr).toMatch(/^the thread died: TypeError: not a number\n {4}at .*thread\.mjs/)
  expect(code).toBe(1)
})
