// The table in the README, measured anew: no death hangs a thread that is joined by wait().
import path from 'node:path'
import { expect, test } from 'vitest'
import { Child } from '../helpers/child'
import { root } from '../helpers/paths'

const script = path.join(root, 'bench', 'joins.mjs')

test('in our column of the table everything joins, beside Atomics.wait() it does not', async () => {
  const { code, stdout, stderr } = await new Child(process.execPath, [script]).ended
  expect(code, stderr).toBe(0)
  const [, , ...rows] = stdout
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.split('|').map((cell) => cell.trim()))
  expect(rows.length).toBeGreaterThanOrEqual(15)
  for (const [, name, , ours] of rows) expect(ours, name).toMatch(/^\d+ ms$/)
  // Else the cells would show nothing.
  expect(rows.some(([, , theirs]) => theirs === '**hangs**')).toBe(true)
}, 160_000)
