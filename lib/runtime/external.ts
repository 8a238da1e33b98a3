// The first import of index.ts, and without imports of its own: it runs before what a bundler has
// broken. Inlined into a bundle, this package does not find its addon, and the threads that it starts
// do not find their preload: they would hang or fail later.
const here = typeof __filename === 'string' ? __filename : 'an ES module'

if (!/[\\/]runtime[\\/]external\.[jt]s$/.test(here)) {
  throw Object.assign(
    new Error(
      `futex-waitgroup cannot be part of a bundle (${here}): it loads an addon, and its threads load ` +
        'files of their own. Keep futex-waitgroup external in the options of the bundler',
    ),
    { code: 'ERR_WAITGROUP_BUNDLED' },
  )
}
