declare module 'node-gyp-build' {
  /** Loads the addon of the package in `directory`: its own build, else the prebuild for this system. */
  function load(directory: string): unknown
  export = load
}
