// Part of `npm pack`: makes vendor/, with what the package needs for compiling
// from source (lib/build.ts). node-addon-api is a devDependency, which is not
// installed with the package. npm and pnpm would compile a package that has
// binding.gyp in its top folder, when they install it.
import { copyFileSync, mkdirSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { root } from './support/tools.mjs'

const from = path.dirname(createRequire(import.meta.url).resolve('node-addon-api/package.json'))
const to = path.join(root, 'vendor/node-addon-api')
rmSync(to, { recursive: true, force: true })
mkdirSync(to, { recursive: true })
for (const file of ['napi.h', 'napi-inl.h', 'LICENSE.md']) {
  copyFileSync(path.join(from, file), path.join(to, file))
}
copyFileSync(path.join(root, 'binding.gyp'), path.join(root, 'vendor/binding.gyp'))
