import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import path = require('node:path')
import nodeGypBuild = require('node-gyp-build')

/** The root of this package. */
const directory = path.join(__dirname, '../..')

const requireAddon = createRequire(__filename)

/** What a load that did not find or could not use a binary throws about each one that it tried. */
interface Failure {
  readonly file: string
  readonly error: unknown
}

/** The binaries that may fit, the likeliest first. */
function candidates(): string[] {
  const folder = path.join(directory, 'prebuilds', `${process.platform}-${process.arch}`)
  // node-gyp-build takes glibc's for every musl system but Alpine.
  const tags = process.platform === 'linux' ? ['.glibc', '.musl'] : ['']
  const files = tags.map((tag) => path.join(folder, `futex-waitgroup${tag}.node`))
  try {
    files.unshift(nodeGypBuild.resolve(directory))
  } catch {
    // It found none.
  }
  return [...new Set(files)]
}

/** Whether another binary of the same system would fail in the same way. */
function isFinal(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code
  return (
    code === 'ERR_WAITGROUP_INCOMPATIBLE_COPY' ||
    code === 'ERR_DLOPEN_DISABLED' ||
    code === 'ERR_ACCESS_DENIED'
  )
}

/** For the message only: it is slow. */
function libc(): string {
  if (process.platform !== 'linux') return ''
  try {
    const { header } = process.report.getReport() as { header?: { glibcVersionRuntime?: string } }
    const version = header?.glibcVersionRuntime
    return version === undefined ? '-musl' : ` with glibc ${version}`
  } catch {
    return '' // Bun and Deno have no such report.
  }
}

function noBinary(failures: readonly Failure[]): Error {
  const tried = failures.map(({ file, error }) => {
    const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
    return `\n  ${file}: ${reason}`
  })
  const command = `node "${path.join(directory, 'dist/build.js')}"`
  const message =
    `futex-waitgroup has no binary for this system (${process.platform}-${process.arch}${libc()}). ` +
    `It tried:${tried.join('')}\nTo compile one: ${command}`
  // The first one that exists tells most.
  const cause = failures.find(({ file }) => existsSync(file))?.error
  const error = cause === undefined ? new Error(message) : new Error(message, { cause })
  return Object.assign(error, { code: 'ERR_WAITGROUP_NO_BINARY' })
}

/**
 * Loads the addon: the one that was compiled in this package's folder, else the prebuilt one.
 *
 * @throws Error `ERR_WAITGROUP_NO_BINARY` if none can be loaded. `cause` is the system's error, if
 * there was a file.
 */
export function loadAddon(): unknown {
  const failures: Failure[] = []
  for (const file of candidates()) {
    try {
      if (existsSync(file)) return requireAddon(file)
      failures.push({ file, error: 'no such file' })
    } catch (error) {
      if (isFinal(error)) throw error
      failures.push({ file, error })
    }
  }
  throw noBinary(failures)
}
