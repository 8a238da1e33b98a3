// The main job, examples/checksum, with workers that crash: it ends, prints all the files that could
// be hashed, and says what became of the others.
import { expect, test } from 'vitest'
import * as tool from '../helpers/checksum'
import { inTest } from '../helpers/paths'

const { checksum, folder, names } = tool
const sabotage = inTest('examples/fixtures/checksum-sabotage.cjs')
const heap = '--max-old-space-size=30'

function crashing(cwd: string, threads: number, flags: string[] = []) {
  const NODE_OPTIONS = [`--require "${sabotage}"`, ...flags].join(' ')
  const args = ['--threads', String(threads), '.']
  return checksum(args, { cwd, env: { ...process.env, NODE_OPTIONS } })
}

/** The lines that the program itself begins, and no stack. */
function complaints(stderr: string): string[] {
  return stderr.split('\n').filter((line) => line.startsWith('checksum: '))
}

test('a worker that crashes leaves the rest to the others', () => {
  const files = Array.from({ length: 300 }, (_, i): [string, string] => [`file${i}`, String(i)])
  const cwd = folder({ ...Object.fromEntries(files), crash: 'x', a: '1' })
  const { stdout, stderr, status } = crashing(cwd, 3)
  expect(complaints(stderr)).toEqual([
    'checksum: a worker thread died: TypeError: bug in crash',
    'checksum: ./crash: Not hashed: its worker thread died: TypeError: bug in crash',
  ])
  // Where in the worker, too.
  expect(stderr).toMatch(/\n {4}at .*hash-file\.mjs/)
  expect(names(stdout).length).toBe(301)
  expect(tool.check(stdout, { cwd }).status).toBe(0)
  expect(status).toBe(1)
})

test('when all have died, the files that are left are named', () => {
  const cwd = folder({ a: '1', crash1: '', crash2: '', later: '', last: '' })
  const { stdout, stderr, status } = crashing(cwd, 2)
  expect(complaints(stderr).sort()).toEqual([
    'checksum: ./crash1: Not hashed: its worker thread died: TypeError: bug in crash1',
    'checksum: ./crash2: Not hashed: its worker thread died: TypeError: bug in crash2',
    'checksum: ./last: Not hashed: no worker thread was left',
    'checksum: ./later: Not hashed: no worker thread was left',
    'checksum: a worker thread died: TypeError: bug in crash1',
    'checksum: a worker thread died: TypeError: bug in crash2',
  ])
  expect(names(stdout)).toEqual(['./a'])
  expect(status).toBe(1)
})

test('a worker that exits or runs out of memory is told from one that throws', () => {
  const cwd = folder({ exit: '', memory: '', last: '' })
  const { stdout, stderr, status } = crashing(cwd, 3, [heap])
  expect(complaints(stderr)).toEqual([
    expect.stringMatching(/^checksum: a worker thread died: Error: .*out of memory/),
    'checksum: ./exit: Not hashed: its worker thread ended',
    expect.stringMatching(/^checksum: \.\/memory: Not hashed: its worker thread died: .*memory/),
  ])
  expect(names(stdout)).toEqual(['./last'])
  expect(status).toBe(1)
})
