import { readdirSync } from 'node:fs'
import { reasonOf } from './console.mjs'

const SLASH = Buffer.from('/')

/**
 * Finds every regular file below a directory, without following symbolic links. Names are bytes:
 * they need not be UTF-8.
 *
 * @param {Buffer} root with a slash at its end
 * @param {(directory: Buffer, reason: string) => void} unreadable called for each directory that
 * cannot be read
 * @returns {Buffer[]} paths that begin with `root`, in the order of their bytes, as in
 * `find root -type f | LC_ALL=C sort`
 */
export function regularFilesBelow(root, unreadable) {
  /** @type {Buffer[]} */
  const files = []

  /** @param {Buffer} directory */
  function visit(directory) {
    let entries
    try {
      entries = readdirSync(directory, { encoding: 'buffer', withFileTypes: true })
    } catch (error) {
      unreadable(directory, reasonOf(error))
      return
    }
    const names = []
    for (const entry of entries) {
      if (entry.isFile()) names.push(entry.name)
      else if (entry.isDirectory()) names.push(Buffer.concat([entry.name, SLASH]))
    }
    // With its slash, a directory sorts among its siblings like the files in it.
    names.sort(Buffer.compare)
    for (const name of names) {
      const path = Buffer.concat([directory, name])
      if (name.at(-1) === SLASH[0]) visit(path)
      else files.push(path)
    }
  }

  visit(root)
  return files
}
