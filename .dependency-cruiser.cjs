// Which files may import which. Type-only imports count too.

/** The layers of lib/: each imports only from itself and from those that follow. */
const layers = [
  ...[
    'browser',
    'build',
    'include',
    'index',
    'wait-group',
    'threads',
    'waits',
    'deadlock',
    'errors',
    'binding',
    'runtime',
  ],
].map((name) => `^lib/${name}(\\.ts$|/)`)
const entries = '^lib/(index|include|browser|build|threads/preload|threads/run-task)\\.ts$'

/** @type {import('dependency-cruiser').IForbiddenRuleType[]} */
const rules = [
  { name: 'no cycles', from: {}, to: { circular: true } },
  ...layers.slice(1).map((layer, index) => ({
    name: 'lib/: imports go downwards',
    from: { path: layer },
    to: { path: layers.slice(0, index + 1) },
  })),
  {
    name: 'lib/: each file has a layer',
    from: { path: '^lib/' },
    to: { path: '^lib/', pathNot: layers },
  },
  {
    name: 'lib/: imports only itself, Node and dependencies',
    from: { path: '^lib/' },
    to: { pathNot: '^(lib|node_modules/@types/node)/', dependencyTypesNot: ['core', 'npm'] },
  },
  {
    name: 'lib/: each file is used',
    from: { path: entries },
    to: { path: '^lib/', pathNot: [entries, '\\.d\\.ts$'], reachable: false },
  },
  {
    name: 'lib/: the preload, which is bundled, stays small',
    from: { path: '^lib/threads/preload\\.ts$' },
    to: { path: '^lib/', pathNot: '^lib/(threads|binding|runtime)/', reachable: true },
  },
  {
    name: 'the preload loads no file of binding/ but constants',
    from: {
      path: '^lib/threads/(preload|death-hooks|first-read|protocol|output/(messages|sender|ignore-backpressure)|transfer/.*)\\.ts$',
    },
    to: {
      path: '^lib/binding/',
      pathNot: '^lib/binding/(layout|result)\\.ts$',
      dependencyTypesNot: ['type-only'],
    },
  },
  {
    name: 'programs import the package by its name',
    from: { path: '^(test|bench|examples|scripts)/', pathNot: '^test/unit/' },
    to: { path: '^(lib|dist)/' },
  },
]

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: rules.map((rule) => ({ ...rule, severity: 'error' })),
  options: {
    doNotFollow: { path: '^(node_modules|dist)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
  },
}
