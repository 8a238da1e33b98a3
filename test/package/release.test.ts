// scripts/check-release.mjs, which `npm publish` runs, refuses each incomplete release.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { prebuilds } from '../../scripts/support/prebuilds.mjs'
import { Child } from '../helpers/child'
import { root } from '../helpers/paths'

let folder = ''
const git = (...args: string[]) => execFileSync('git', args, { cwd: folder })
const write = (file: string, text: string) => {
  mkdirSync(path.dirname(path.join(folder, file)), { recursive: true })
  writeFileSync(path.join(folder, file), text)
}
const commit = () => {
  git('add', '--all')
  git('-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '--quiet', '--message', 'a')
}

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'release-'))
  git('init', '--quiet')
  write('package.json', '{ "version": "1.2.3" }')
  write('CHANGELOG.md', '# Changelog\n\n## [1.2.3] - 2026-01-02\n')
  write('.gitignore', 'prebuilds/\n')
  for (const { file } of prebuilds) write(`prebuilds/${file}`, '')
  commit()
  git('tag', 'v1.2.3')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function check() {
  const program = `process.chdir(${JSON.stringify(folder)})
                   await import(${JSON.stringify(path.join(root, 'scripts/check-release.mjs'))})`
  return new Child(process.execPath, ['--input-type=module', '--eval', program]).ended
}

test('a complete release passes', async () => {
  expect(await check()).toExitCleanly('')
})

const refusals = {
  'a prebuilt binary is missing': {
    change: () => rmSync(path.join(folder, 'prebuilds/darwin-arm64'), { recursive: true }),
    message: /darwin-arm64\/futex-waitgroup\.node is missing/,
  },
  'the checkout has changes': {
    change: () => write('new.txt', ''),
    message: /the checkout has changes:\n\?\? new\.txt/,
  },
  'the entry of the changelog has no date': {
    change: () => {
      write('CHANGELOG.md', '## [Unreleased]\n\n## [1.2.3]\n')
      commit()
      git('tag', '--force', 'v1.2.3')
    },
    message: /CHANGELOG\.md has no line "## \[1\.2\.3\] - /,
  },
  'the tag is on an older commit': {
    change: () => {
      write('new.txt', '')
      commit()
    },
    message: /the tag v1\.2\.3 is not on this commit/,
  },
}
for (const [name, { change, message }] of Object.entries(refusals)) {
  test(`refused: ${name}`, async () => {
    change()
    const { code, stderr } = await check()
    expect(stderr).toMatch(message)
    // It is the only problem.
    expect(stderr.match(/^check-release: /gm)).toHaveLength(1)
    expect(code).toBe(1)
  })
}
