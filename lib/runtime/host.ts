/** Runtimes with Node's API differ in how threads start and end. */
const versions: NodeJS.ProcessVersions & { bun?: string; electron?: string; deno?: string } =
  process.versions

export const isBun = versions.bun !== undefined
export const isDeno = versions.deno !== undefined

/** Node, or an embedder of Node such as Electron. */
export const hasLibuv = !isBun && !isDeno

/** Node itself, not an embedder: its main thread is the root of all threads. */
export const isPlainNode =
  hasLibuv && versions.electron === undefined && process.release.name === 'node'
