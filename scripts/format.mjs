// Formats everything: prettier, and clang-format for C++. With --check it
// changes nothing and ends with status 1 where something is to be changed.
import { spawnSync } from 'node:child_process'
import { hasCommand, projectFiles, root } from './support/tools.mjs'

const check = process.argv.includes('--check')

/**
 * @param {string} command
 * @param {string[]} args
 */
function passes(command, args) {
  const shell = process.platform === 'win32'
  return spawnSync(command, args, { cwd: root, stdio: 'inherit', shell }).status === 0
}

function clangFormat() {
  if (!hasCommand('clang-format')) {
    process.stderr.write(
      'format: clang-format is not in PATH. Version 14 is what CI has:\n' +
        '  Debian, Ubuntu: apt-get install clang-format\n' +
        '  anywhere else:  pip install clang-format==14.0.6\n',
    )
    return false
  }
  return passes('clang-format', [
    ...(check ? ['--dry-run', '--Werror'] : ['-i']),
    ...projectFiles('native/**/*.h', 'native/**/*.cc', 'test/**/*.h', 'test/**/*.cc'),
  ])
}

const prettier = ['--no-install', '--loglevel=error', 'prettier', '--log-level=warn']
// Both, whatever the first one says.
const results = [passes('npx', [...prettier, check ? '--check' : '--write', '.']), clangFormat()]
if (results.includes(false)) process.exit(1)
if (check) process.stderr.write('format: all files are formatted\n')
