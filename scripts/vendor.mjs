// Part of `npm pack`: copies node-addon-api's headers to vendor/, which is in the
// package. Users without a prebuild compile with them: node-addon-api is a
// devDependency, which is not installed there.
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
