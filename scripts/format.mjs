// Formats all files with prettier, C++ with clang-format. With --check it changes
// nothing and exits with 1 if a file is not formatted.
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
      'format: clang-format is not in PATH. CI has version 14:\n' +
        '  Debian, Ubuntu: apt-get install clang-format\n' +
        '  anywhere else:  pip install clang-format==14.0.6\n',
    )
    return false
  }
  return passes('clang-format', [
    ...(check ? ['--dry-run', '--Werror'] : ['-i']),
    ...projectFiles('*.h', '*.cc', '*.c'),
  ])
}

const prettier = ['--no-install', '--loglevel=error', 'prettier', '--log-level=warn']
// Runs both even if the first fails.
const results = [passes('npx', [...prettier, check ? '--check' : '--write', '.']), clangFormat()]
if (results.includes(false)) process.exit(1)
if (check) process.stderr.write('format: all files are formatted\n')
