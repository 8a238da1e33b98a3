// Part of `npm pack`: copies node-addon-api's headers into the package, for
// users whose platform has no prebuild. They compile from source, and
// node-addon-api, being a devDependency, is not installed for them. binding.gyp
// takes the headers from vendor/ where the package is missing.
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
