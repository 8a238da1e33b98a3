// `npm run docs`: makes the API reference from the comments of lib/, by typedoc, in
// .cache/reference/. An export without a comment, or a broken link, is an error.
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { cache, installTools, root } from './support/tools.mjs'

const out = path.join(cache, 'reference')
const typedoc = path.join(installTools('docs'), 'typedoc/bin/typedoc')
const { status } = spawnSync(
  process.execPath,
  [
    typedoc,
    ...['--entryPoints', 'lib/index.ts', '--tsconfig', 'lib/tsconfig.json', '--out', out],
    ...['--readme', 'none', '--name', 'futex-waitgroup', '--excludePrivate', '--excludeInternal'],
    // What Thread inherits from Worker is Node's to document.
    ...['--excludeExternals', '--disableSources', '--logLevel', 'Warn'],
    ...['--validation.notDocumented', '--validation.notExported', '--validation.invalidLink'],
    // texts: a table behind WaitGroupErrorCode. RunArguments: see the comment of `run`.
    ...['texts', 'RunArguments'].flatMap((name) => ['--intentionallyNotExported', name]),
    '--treatWarningsAsErrors',
    '--treatValidationWarningsAsErrors',
  ],
  { cwd: root, stdio: 'inherit' },
)
if (status === 0) console.log(`the reference: ${path.join(out, 'index.html')}`)
process.exit(status ?? 1)
