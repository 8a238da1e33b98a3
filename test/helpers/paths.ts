import path from 'node:path'

/** The checkout. */
export const root = path.join(__dirname, '..', '..')

/** A file or folder of test/, by its path from there. */
export const inTest = (file: string): string => path.join(root, 'test', file)

/** What `npm run build` makes, relative to the root. */
export const built = {
  addon: 'build/Release/futex_waitgroup.node',
  index: 'dist/index.js',
  preload: 'dist/threads/preload.cjs',
  /** `native`, the functions of the addon. */
  binding: 'dist/binding/addon.js',
  /** `serializeError()`. */
  errorTransfer: 'dist/threads/transfer/serialize-error.js',
} as const
