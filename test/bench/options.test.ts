// `npm run bench` says what is wrong with its options in one line, before it measures.
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { Child } from '../helpers/child'
import { root } from '../helpers/paths'

const bench = path.join(root, 'bench/bench.mjs')
const baseline = path.join(root, 'bench/baseline.json')

describe.concurrent('a bad option ends with code 2 and one line', () => {
  test.each([
    [['--fast'], /Unknown option '--fast'/],
    [['no-row'], /there is no row 'no-row'; --help lists them/],
    [['--json'], /argument missing/],
    [['--json', 'missing/figures.json'], /--json: there is no folder missing/],
    [['--from', 'missing.json'], /missing\.json is not what --json writes: ENOENT/],
    [['--from', path.join(root, 'package.json')], /it has no lines/],
    [['--from', baseline, 'pair'], /--from takes a run as it is/],
    [['--from', baseline, '--quick'], /--from takes a run as it is/],
    [['--check'], /--check: bench\/baseline\.json is of a run with --quick/],
  ])('%j', async (args, message) => {
    const ended = await new Child(process.execPath, [bench, ...args]).ended
    expect(ended).toMatchObject({ code: 2, stdout: '' })
    expect(ended.stderr).toMatch(/^bench: .+\n$/)
    expect(ended.stderr).toMatch(message)
  })
})
