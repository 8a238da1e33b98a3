/** Runtimes with Node's API differ in how threads start and end. */
const versions: NodeJS.ProcessVersions & { bun?: string; electron?: string; deno?: string } =
  process.versions

export const isBun = versions.bun !== undefined
export const isDeno = versions.deno !== undefined

/** Node itself, not an embedder: its main thread is the root of all threads. */
export const isPlainNode =
  !isBun && !isDeno && versions.electron === undefined && process.release.name === 'node'
