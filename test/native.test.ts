import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Child } from './support/child'
import { build, core, missing } from './support/native'

const root = path.join(__dirname, '..')
const native = path.join(root, 'native')
const sources = core.map((file) => path.join(root, file))

if (missing !== undefined) console.warn(`not tested: the native programs, since ${missing}`)

describe.runIf(missing === undefined)('the native layers without Node', () => {
  let directory = ''
  beforeAll(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'futex-waitgroup-'))
  })
  afterAll(() => rmSync(directory, { recursive: true, force: true }))

  test('each layer does what its header says', async () => {
    const { stdout, ...end } = await new Child(await build('unit', directory), [], 50).ended
    expect({ ...end, stdout }).toMatchObject({ code: 0, signal: null, stderr: '' })
    expect(stdout).toMatch(/all passed\n$/)
  })

  test("-Inative does not hide the system's <semaphore.h> from a C++20 program", async () => {
    const program = path.join(directory, 'semaphores')
    writeFileSync(
      `${program}.cc`,
      `#include <semaphore.h>
       #include <semaphore>
       #include "core/wait_group.h"
       int main() {
         sem_t system;
         std::binary_semaphore standard(1);
         futex_waitgroup::Memory memory;
         standard.acquire();
         return sem_init(&system, 0, 0) + futex_waitgroup::WaitGroup(&memory).counter();
       }`,
    )
    const flags = ['-std=c++20', '-pthread', '-Wall', '-Wextra', '-Werror', `-I${native}`]
    const compiler = new Child('g++', [...flags, `${program}.cc`, ...sources, '-o', program], 50)
    expect(await compiler.ended).toEqual({ code: 0, signal: null, stdout: '', stderr: '' })
    expect(await new Child(program, [], 50).ended).toMatchObject({ code: 0, signal: null })
  })

  test('every generation under stress is exact', async () => {
    const { stdout, ...end } = await new Child(await build('stress', directory), ['1'], 50).ended
    console.log(stdout)
    expect(end).toEqual({ code: 0, signal: null, stderr: '' })
  })
})
