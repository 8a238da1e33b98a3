// The preload is one file that loads nothing but the addon: whatever has become of the files and of
// the module loader around it, a thread is guarded.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire, isBuiltin } from 'node:module'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Child } from '../helpers/child'
import { built, root } from '../helpers/paths'

const LOADER = path.dirname(createRequire(__filename).resolve('node-gyp-build'))

const OUTPUT = 'printed\ntrue 0 undefined\ntrue 1 TypeError: boom\ntrue 3 undefined\n'

let directory = ''
beforeAll(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), 'self-contained-'))
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

function copy(name: string, ...parts: string[]): string {
  const folder = path.join(directory, name)
  mkdirSync(folder)
  for (const part of parts) {
    cpSync(path.join(root, part), path.join(folder, part), { recursive: true })
  }
  return folder
}

test('the preload names no other file', () => {
  const text = readFileSync(path.join(root, built.preload), 'utf8')
  const required = [...text.matchAll(/\b(?:require|import)\((.*?)\)/g)].map(([, name]) => name)
  const others = required.filter((name) => !isBuiltin(name?.slice(1, -1) ?? ''))
  // A variable: the path of the addon.
  expect(others).toEqual([expect.stringMatching(/^\w+$/)])
})

describe.concurrent('threads start, fail and report', () => {
  test('where all files beside the preload are deleted while the program runs', async () => {
    const folder = copy('deleted', 'package.json', 'dist', built.addon)
    cpSync(LOADER, path.join(folder, 'node_modules/node-gyp-build'), { recursive: true })
    const child = Child.node('platforms/fixtures/self-contained.cjs', [folder, 'delete'])
    expect(await child.ended).toExitCleanly(OUTPUT)
  })

  test('where packages are found by a hook that is loaded after the preload, as by Yarn PnP', async () => {
    const folder = copy('pnp', 'package.json', 'dist', built.addon)
    const hook = path.join(folder, '.pnp.cjs')
    writeFileSync(
      hook,
      `const Module = require('node:module')
       const resolve = Module._resolveFilename
       Module._resolveFilename = function (request, ...rest) {
         if (request === 'node-gyp-build') return ${JSON.stringify(path.join(LOADER, 'index.js'))}
         return resolve.call(this, request, ...rest)
       }`,
    )
    const child = Child.node('platforms/fixtures/self-contained.cjs', [folder], {
      flags: ['--require', hook],
    })
    expect(await child.ended).toExitCleanly(OUTPUT)
  })
})
