// `npm run bench -- --check` finds what has become worse than in bench/baseline.json.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { Child } from '../helpers/child'
import { root } from '../helpers/paths'
import type { Compared, Run } from '../../bench/report.mjs'

const folder = mkdtempSync(path.join(os.tmpdir(), 'bench-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const baseline = readFileSync(path.join(root, 'bench/baseline.json'), 'utf8')

/** The output of a check of the baseline's own figures, after `change`. */
async function check(change: (figures: Compared) => void): Promise<string> {
  const run = JSON.parse(baseline) as Run
  const line = run.lines.find(({ row, name }) => row === 'wait-at-zero' && name.includes('wait()'))
  const figures = line?.theirs['Atomics']
  if (figures?.middleHalf === undefined) throw new Error('the baseline has no such line')
  change(figures)
  const file = path.join(folder, 'run.json')
  writeFileSync(file, JSON.stringify(run))
  const args = [path.join(root, 'bench/bench.mjs'), '--check', '--from', file]
  const ended = await new Child(process.execPath, args).ended
  expect(ended).toMatchObject({ code: 0, stderr: '' })
  return ended.stdout.slice(ended.stdout.lastIndexOf('\n\n'))
}

function multiply(figures: Compared, factor: number): void {
  figures.ratio = (figures.ratio ?? NaN) * factor
  figures.middleHalf = figures.middleHalf?.map((each) => each * factor) as [number, number]
}

test('the same figures are not worse', async () => {
  expect(await check(() => {})).toMatch(/none is worse by more than its spread\n$/)
})

test('a ratio that has become worse is the only one reported', async () => {
  const report = await check((figures) => multiply(figures, 100))
  expect(report).toMatch(
    /: 1 worse by more than their spread\n {2}wait-at-zero: wait\(\) at zero: /,
  )
  expect(report).toMatch(/ → [\d.]+ \([\d.]+–[\d.]+\) × Atomics\n$/)
})

test('a ratio that has become better is not reported', async () => {
  expect(await check((figures) => multiply(figures, 0.01))).toContain('none is worse')
})

test('a ratio that is worse within the spread is not reported', async () => {
  const report = await check((figures) => {
    figures.ratio = figures.middleHalf?.[1] ?? NaN
  })
  expect(report).toContain('none is worse')
})
