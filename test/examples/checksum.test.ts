// The main job, examples/checksum, run as its users run it and held against the real sha256sum.
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import * as fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as tool from '../helpers/checksum'

const { checksum, folder, missing, names, needs, put } = tool
const GNU = ['sha256sum', 'find', 'sort', 'xargs']
const CHUNK = 256 * 1024

const ODD_NAMES =
  process.platform === 'win32'
    ? ['a b', 'naïve ÀÉ 文 😀', '-rf', '%s $HOME']
    : [
        ...['a b', ' ', '-', '-rf', '*', '~', '%s $HOME `id`', '"', "'", '\\', '\\n', 'tail\\'],
        ...['new\nline', '\n', 'car\rriage', '\r\n', 'tab\t', '\x1b[31mred', '\x7f', 'a\\b\nc\rd'],
        ...['naïve ÀÉ 文 😀', 'e\u0301', '\u202Eltr', 'n'.repeat(255)],
        // Beside the folder `d`, on both sides of the slash in the order of the bytes.
        ...['d/x', 'd/y/z', 'd.c', 'd-c', 'd0', 'C'],
      ]

let tree = ''

beforeAll(() => {
  tree = folder({}, 'caller')
  const block = randomBytes(2 ** 20)
  for (let i = 0; i < 5000; i++) put(tree, `small/${i % 50}/${i}`, block.subarray(i, 2 * i))
  for (let i = 0; i < 10; i++) put(tree, `empty/${i}`)
  for (const size of [CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK]) {
    put(tree, `chunk/${size}`, block.subarray(0, size))
  }
  const large = fs.openSync(path.join(tree, 'large'), 'w')
  for (let i = 0; i < 100; i++) fs.writeSync(large, block)
  fs.closeSync(large)
  for (const name of ODD_NAMES) put(tree, `odd/${name}`, name)
  // Not UTF-8, which only Linux lets pass.
  if (process.platform === 'linux') put(tree, Buffer.from('odd/\xff\xfe\n', 'latin1'), 'bytes')
})

afterAll(() => tool.remove(tree))

test('prints what sha256sum prints: empty, small, large and oddly named files', (context) => {
  needs(context, missing(...GNU))
  const { stdout, stderr, status } = checksum([tree])
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 })
  expect(names(stdout).length).toBeGreaterThan(5000)
  // Not by toBe, which would print both.
  expect(stdout === tool.realSha256sum(tree).stdout).toBe(true)
  expect(tool.check(stdout)).toEqual({ stdout: '', stderr: '', status: 0 })
})

test('prints the same with any number of threads', (context) => {
  needs(context, missing(...GNU))
  const directory = path.join(tree, 'odd')
  const expected = tool.realSha256sum(directory).stdout
  for (const threads of ['1', '2', '16']) {
    const outcome = checksum(['--threads', threads, directory])
    expect(outcome).toEqual({ stdout: expected, stderr: '', status: 0 })
  }
  // More threads than files.
  expect(checksum(['-t', '1024', path.join(tree, 'chunk')]).status).toBe(0)
})

test('reports what cannot be read with its reason, goes on, and exits with 1', (context) => {
  needs(context, tool.modesIgnored())
  const cwd = folder({ 'a/open': '1', closed: '2', 'shut/in': '3', 'z/new\nline': '4', z1: '5' })
  const closed = ['closed', 'shut', 'z/new\nline'].map((name) => path.join(cwd, name))
  for (const name of closed) fs.chmodSync(name, 0)
  try {
    const { stdout, stderr, status } = tool.checksumUnprivileged(['.'], { cwd })
    expect(stderr.split('\n').sort()).toEqual([
      '',
      "checksum: './z/new\\nline': Permission denied",
      'checksum: ./closed: Permission denied',
      'checksum: ./shut/: Permission denied',
    ])
    expect(names(stdout)).toEqual(['./a/open', './z1'])
    expect(tool.check(stdout, { cwd }).status).toBe(0)
    expect(status).toBe(1)
  } finally {
    for (const name of closed) fs.chmodSync(name, 0o700)
  }
})

test('takes regular files only, and follows no symbolic link', (context) => {
  needs(context, process.platform === 'win32' ? 'Windows has no FIFOs' : undefined)
  const cwd = folder({ real: '', 'below/real': '' })
  execFileSync('mkfifo', [path.join(cwd, 'fifo')])
  fs.symlinkSync('real', path.join(cwd, 'link'))
  fs.symlinkSync('..', path.join(cwd, 'loop'))
  fs.symlinkSync('nowhere', path.join(cwd, 'dangling'))
  const { stdout, stderr, status } = checksum(['.'], { cwd })
  expect(names(stdout)).toEqual(['./below/real', './real'])
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 })
})

test('prints nothing for no files', () => {
  const directory = folder()
  fs.mkdirSync(path.join(directory, 'but/folders'), { recursive: true })
  expect(checksum([directory])).toEqual({ stdout: '', stderr: '', status: 0 })
})
