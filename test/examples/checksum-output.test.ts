// The main job, examples/checksum: where its output goes.
import * as fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { folder, missing, needs, remove, run, TOOL } from '../helpers/checksum'

const FILES = 3000
let tree = ''

beforeAll(() => {
  const files = Array.from({ length: FILES }, (_, i) => [`file ${i}`, Buffer.alloc(20_000, i)])
  tree = folder(Object.fromEntries(files), 'caller')
})

afterAll(() => remove(tree))

test('ends quietly when the reader of its output ends', (context) => {
  needs(context, missing('head'))
  const script = '"$1" "$2" "$3" | head -n 1'
  const { stdout, stderr } = run('sh', ['-c', script, 'sh', process.execPath, TOOL, tree])
  expect(stdout).toMatch(/^\w{64} .*\n$/)
  expect(stderr).toBe('')
})

test('says that the disk is full', (context) => {
  needs(context, fs.existsSync('/dev/full') ? undefined : 'no /dev/full')
  const full = fs.openSync('/dev/full', 'w')
  const stdio = ['ignore', full, 'pipe'] as const
  const { stderr, status } = run(process.execPath, [TOOL, tree], { stdio: [...stdio] })
  fs.closeSync(full)
  expect(stderr).toBe('checksum: standard output: No space left on device\n')
  expect(status).toBe(1)
})

test('draws progress on a terminal, and wipes it away', (context) => {
  needs(context, missing('script'))
  const width = 30
  const manifest = path.join(folder(), 'manifest')
  const tool = [process.execPath, TOOL, '--threads', '1', tree].map((word) => `'${word}'`).join(' ')
  const command = `stty cols ${width} && ${tool} > '${manifest}'`
  const { stdout, status } = run('script', ['-qec', command, '/dev/null'])
  expect(status).toBe(0)

  // What is drawn is between control sequences.

  const drawn = stdout.split(/\x1b(?:[78]|\[[\d?]*[A-Za-z])/).filter((text) => text !== '')
  expect(drawn[0]).toMatch(new RegExp(`^0% 0/${FILES} files \\[-`))
  for (const text of drawn) {
    expect(text).toMatch(new RegExp(`^\\d+% \\d+/${FILES} files \\[`))
    expect(text.length).toBeLessThanOrEqual(width)
  }
  // In the first column of a cleared line.
  expect(stdout.endsWith('\x1b[1G\x1b[2K')).toBe(true)

  expect(fs.readFileSync(manifest, 'utf8').split('\n')).toHaveLength(FILES + 1)
})
