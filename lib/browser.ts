// What bundlers for browsers load instead of index.ts (package.json: exports).
throw Object.assign(
  new Error('futex-waitgroup is for Node: a browser has no threads that may block and no addons'),
  { code: 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM' },
)
