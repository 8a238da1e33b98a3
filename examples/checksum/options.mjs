import { statSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { reasonOf } from './console.mjs'

const MOST_THREADS = 1024

export const HELP = `Usage: npm start [--silent] [-- [--threads N] [--] [DIRECTORY]]

Prints the SHA-256 of every regular file below DIRECTORY in the format of
sha256sum, sorted by path, so that "sha256sum --check" accepts it. Symbolic
links below DIRECTORY are not followed.

  DIRECTORY        default: the checkout that this program is in
  -t, --threads N  how many worker threads, at most ${MOST_THREADS}; default: one per processor
  -s, --summary    prints to standard error how much was hashed in what time
  -h, --help       this text

Exit code: 0 if everything could be read, 1 if something could not (standard
error names it, and the rest is printed), 2 if the command line is wrong.
`

/** The command line is wrong. The message says why. */
export class UsageError extends Error {}

/** @param {string[]} args */
function parse(args) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        threads: { type: 'string', short: 't' },
        summary: { type: 'boolean', short: 's', default: false },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (error) {
    // The first sentence of parseArgs' message is for the user. The others explain "--", which npm
    // also uses, and would mislead here.
    const message = error instanceof Error ? error.message : String(error)
    throw new UsageError(message.split(/[.\n]/, 1)[0])
  }
}

/** @param {string} text */
function threadCount(text) {
  const threads = /^\d+$/.test(text) ? Number(text) : NaN
  if (threads >= 1 && threads <= MOST_THREADS) return threads
  throw new UsageError(`--threads takes a number from 1 to ${MOST_THREADS}, not '${text}'`)
}

/**
 * @param {string} directory
 * @returns {Buffer} with slashes, on Windows too, and exactly one at its end
 */
function existingDirectory(directory) {
  let stats
  try {
    stats = statSync(directory)
  } catch (error) {
    throw new UsageError(`'${directory}': ${reasonOf(error)}`)
  }
  if (!stats.isDirectory()) throw new UsageError(`'${directory}': Not a directory`)
  return Buffer.from(directory.replaceAll(path.sep, '/').replace(/\/*$/, '/'))
}

/**
 * @param {string[]} args
 * @param {string} defaultDirectory
 * @throws UsageError
 */
export function readCommandLine(args, defaultDirectory) {
  const { values, positionals } = parse(args)
  if (values.help) return 'help'
  if (positionals.length > 1) throw new UsageError('only one DIRECTORY at a time')
  return {
    summary: values.summary,
    threads: values.threads === undefined ? availableParallelism() : threadCount(values.threads),
    directory: existingDirectory(positionals[0] ?? defaultDirectory),
  }
}
