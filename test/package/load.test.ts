// Which binary is loaded, and what an import says where none can be.
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import os from 'node:os'
import path from 'node:path'
import { rolldown } from 'rolldown'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Child } from '../helpers/child'
import { built, root } from '../helpers/paths'

const LOADER = path.dirname(createRequire(__filename).resolve('node-gyp-build'))
const system = `${process.platform}-${process.arch}`
const isLinux = process.platform === 'linux'

let directory = ''
beforeAll(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), 'load-'))
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const BROKEN = 'no binary'
/** A copy of the package that has only these binaries, by their names in prebuilds/. */
function copy(name: string, binaries: { [name: string]: typeof BROKEN | 'works' }): string {
  const folder = path.join(directory, name)
  cpSync(path.join(root, 'dist'), path.join(folder, 'dist'), { recursive: true })
  cpSync(path.join(root, 'package.json'), path.join(folder, 'package.json'))
  cpSync(LOADER, path.join(folder, 'node_modules/node-gyp-build'), { recursive: true })
  const prebuilds = path.join(folder, 'prebuilds', system)
  mkdirSync(prebuilds, { recursive: true })
  for (const [file, kind] of Object.entries(binaries)) {
    if (kind === BROKEN) writeFileSync(path.join(prebuilds, file), BROKEN)
    else cpSync(path.join(root, built.addon), path.join(prebuilds, file))
  }
  return folder
}

/** Loads the package and prints how that ended. */
function load(folder: string) {
  const program = `try {
    const { WaitGroup } = require(${JSON.stringify(folder)})
    console.log(new WaitGroup().wait())
  } catch ({ code, message, cause }) {
    console.log(code, message, 'CAUSE', cause)
  }`
  return new Child(process.execPath, ['--eval', program]).ended
}

describe.concurrent('the package', () => {
  test('without a binary says for which system, which files, and how to compile one', async () => {
    const folder = copy('none', {})
    const ended = await load(folder)
    const tag = isLinux ? '.glibc' : ''
    expect(ended).toExitCleanly(/^ERR_WAITGROUP_NO_BINARY futex-waitgroup has no binary/)
    expect(ended.stdout).toContain(`(${system}`)
    const file = path.join(folder, 'prebuilds', system, `futex-waitgroup${tag}.node`)
    expect(ended.stdout).toContain(`${file}: no such file`)
    expect(ended.stdout).toContain(`\nTo compile one: node "${path.join(folder, 'dist/build.js')}"`)
    expect(ended.stdout).toContain('CAUSE undefined')
  })

  test('with a binary that the system refuses says why', async () => {
    const name = `futex-waitgroup${isLinux ? '.glibc' : ''}.node`
    const folder = copy('broken', { [name]: BROKEN })
    const ended = await load(folder)
    expect(ended).toExitCleanly(/^ERR_WAITGROUP_NO_BINARY/)
    expect(ended.stdout).toMatch(/CAUSE Error: .*[\s\S]*ERR_DLOPEN_FAILED/)
  })

  test.runIf(isLinux)("on a musl system that is not Alpine loads musl's binary", async () => {
    const folder = copy('musl', {
      'futex-waitgroup.glibc.node': BROKEN,
      'futex-waitgroup.musl.node': 'works',
    })
    expect(await load(folder)).toExitCleanly('true\n')
  })

  test.for(['cjs', 'es'] as const)('in a bundle says: keep it external (%s)', async (format) => {
    const bundle = await rolldown({ input: path.join(root, built.index), platform: 'node' })
    const file = path.join(directory, `bundle.${format === 'cjs' ? 'cjs' : 'mjs'}`)
    await bundle.write({ file, format })
    const { code, stderr } = await new Child(process.execPath, [file]).ended
    expect(stderr).toMatch(/Error: futex-waitgroup cannot be part of a bundle .*Keep .* external/)
    expect(stderr).toContain('ERR_WAITGROUP_BUNDLED')
    expect(code).toBe(1)
  })

  test('in a browser says: for Node', async () => {
    const program = `import(${JSON.stringify(path.join(root, 'dist/browser.js'))})`
    const { code, stderr } = await new Child(process.execPath, ['--eval', program]).ended
    expect(stderr).toMatch(/Error: futex-waitgroup is for Node/)
    expect(code).toBe(1)
  })

  test.runIf(isLinux)('is not compiled without tools, and says which are missing', async () => {
    const folder = copy('no tools', {})
    const build = path.join(folder, 'dist/build.js')
    const env = { PATH: '', PYTHON: undefined, MAKE: undefined, CXX: undefined }
    const { code, stderr } = await new Child(process.execPath, [build], { env }).ended
    expect(stderr).toBe(
      'futex-waitgroup cannot be compiled: it needs python3, make, a C++17 compiler, ' +
        'node-gyp (npm brings it)\n',
    )
    expect(code).toBe(1)
  })
})
