// Part of `npm publish`, in the folder of the package: refuses to publish what
// is incomplete. Without one of these a version cannot be traced or does not
// load on a system: all prebuilt binaries, a clean checkout, a dated entry in
// the changelog, the tag of the version.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { prebuilds } from './support/prebuilds.mjs'
import { messageOf } from './support/tools.mjs'

/** @param {...string} args */
function git(...args) {
  return execFileSync('git', args, { encoding: 'utf8' }).trim()
}

/** @returns {string[]} */
function problems() {
  /** @type {{ version: string }} */
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
  const found = prebuilds
    .filter(({ file }) => !existsSync(`prebuilds/${file}`))
    .map(({ file }) => `prebuilds/${file} is missing: npm run prebuild:all`)
  const changes = git('status', '--porcelain')
  if (changes !== '') found.push(`the checkout has changes:\n${changes}`)
  const entry = new RegExp(
    `^## \\[${version.replaceAll('.', '\\.')}\\] - \\d{4}-\\d\\d-\\d\\d$`,
    'm',
  )
  if (!entry.test(readFileSync('CHANGELOG.md', 'utf8'))) {
    found.push(`CHANGELOG.md has no line "## [${version}] - <year>-<month>-<day>"`)
  }
  if (!git('tag', '--points-at', 'HEAD').split('\n').includes(`v${version}`)) {
    found.push(`the tag v${version} is not on this commit`)
  }
  return found
}

try {
  const found = problems()
  for (const problem of found) process.stderr.write(`check-release: ${problem}\n`)
  if (found.length > 0) process.exitCode = 1
} catch (error) {
  process.stderr.write(`check-release: ${messageOf(error)}\n`)
  process.exitCode = 1
}
