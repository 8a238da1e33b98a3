declare module 'node-gyp-build' {
  /**
   * The file of the addon of the package in `directory`: its own build, else the prebuild for this
   * system. Throws if it finds neither.
   */
  export function resolve(directory: string): string
}
