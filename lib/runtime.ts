/** The runtimes that offer Node's API differ in what happens around a thread. */
const versions: NodeJS.ProcessVersions & { bun?: string; electron?: string; deno?: string } =
  process.versions

export const isBun = versions.bun !== undefined
export const isDeno = versions.deno !== undefined

/** Node itself, whose main thread is the root of all threads: no other runtime, no embedder. */
export const isPlainNode =
  !isBun && !isDeno && versions.electron === undefined && process.release.name === 'node'
