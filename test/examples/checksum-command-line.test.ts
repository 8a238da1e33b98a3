// The main job, examples/checksum: its arguments.
import { writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { readCommandLine, UsageError } from '../../examples/checksum/options.mjs'
import { checksum, folder, names, TOOL } from '../helpers/checksum'
import { root } from '../helpers/paths'

test('without DIRECTORY reads the root, with a thread per processor', () => {
  expect(readCommandLine([], `${root}/`)).toEqual({
    directory: Buffer.from(`${root}/`),
    threads: availableParallelism(),
    summary: false,
  })
  // From wherever it is started.
  const { stdout } = checksum([], { cwd: folder() })
  expect(stdout).toContain(`  ${path.join(root, 'package.json')}\n`.replaceAll('\\', '/'))
})

test('reads DIRECTORY as find does', () => {
  const cwd = folder({ '-x/file': '' })
  const namesFor = (...args: string[]) => names(checksum(args, { cwd }).stdout)
  expect(namesFor('--', '-x')).toEqual(['-x/file'])
  expect(namesFor('./-x/')).toEqual(['./-x/file'])
  expect(namesFor('./-x//')).toEqual(['./-x/file'])
  expect(namesFor('.')).toEqual(['./-x/file'])
})

test('started by npm, reads a relative DIRECTORY from where the user is', () => {
  const env = {
    ...process.env,
    npm_lifecycle_event: 'start',
    npm_package_json: path.join(root, 'package.json'),
    INIT_CWD: folder({ 'sub/file': '' }),
  }
  expect(names(checksum(['sub'], { cwd: root, env }).stdout)).toEqual(['sub/file'])
})

test('--help explains itself', () => {
  const { stdout, stderr, status } = checksum(['--help'])
  expect(stdout).toMatch(/^Usage: npm start/)
  expect(stdout).toContain('--threads N')
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 })
})

test('--summary says how much it hashed, on standard error', () => {
  const [cwd, files] = [folder(), ['a', 'b', 'c']]
  for (const file of files) writeFileSync(path.join(cwd, file), '1234')
  const { stderr, stdout } = checksum(['--summary', '--threads', '2', cwd])
  expect(stdout.trimEnd().split('\n')).toHaveLength(3)
  expect(stderr).toMatch(
    /^checksum: 3 files, 0\.0 MB, 2 threads: \d+\.\d\d s, start of the threads included\. One thread: about \d/,
  )
})

test('says what is wrong with the command line, and exits with 2', () => {
  expect(checksum(['nowhere'], { cwd: folder() })).toEqual({
    stdout: '',
    stderr: "checksum: 'nowhere': No such file or directory\nTry --help for more.\n",
    status: 2,
  })
})

test.each([
  [[''], "'': No such file or directory"],
  [[TOOL], `'${TOOL}': Not a directory`],
  [['.', '.'], 'only one DIRECTORY at a time'],
  [['--frobnicate'], "Unknown option '--frobnicate'"],
  [['-x'], "Unknown option '-x'"],
  [['--threads'], "Option '-t, --threads <value>' argument missing"],
  ...['0', '-1', '1.5', '1e2', 'two', '', '1025'].map((count) => [
    [`--threads=${count}`],
    `--threads takes a number from 1 to 1024, not '${count}'`,
  ]),
] as [string[], string][])('refuses %j', (args, message) => {
  expect(() => readCommandLine(args, root)).toThrow(new UsageError(message))
})
