// The C++ programs beside this file: the layers of native/ below Node, without Node.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Child } from '../helpers/child'
import { build, buildFile, buildModules, missing } from '../helpers/core'

/** How long a stress program runs. The stress run takes all of its time for each. */
const SECONDS = '0.5'

if (missing !== undefined) console.warn(`not tested: the C++ programs: ${missing}`)

describe.runIf(missing === undefined)('the layers below Node', () => {
  let directory = ''
  beforeAll(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'futex-waitgroup-'))
  })
  afterAll(() => rmSync(directory, { recursive: true, force: true }))

  test('each does what its header says', async () => {
    const ended = await new Child(await build('unit'), []).ended
    expect(ended).toExitCleanly(/all passed\n$/)
  })

  test("their include folder does not hide the system's <semaphore.h> from a C++20 program", async () => {
    const file = path.join(directory, 'semaphores.cc')
    writeFileSync(
      file,
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
    const program = await buildFile(file, ['-std=c++20'])
    expect(await new Child(program, []).ended).toExitCleanly('')
  })

  test('every generation of blocked threads is exact', async () => {
    const ended = await new Child(await build('stress'), [SECONDS]).ended
    expect(ended).toExitCleanly(/generations/)
  })

  test('every generation of promise waiters is exact', async () => {
    const ended = await new Child(await build('promise_stress'), [SECONDS]).ended
    expect(ended).toExitCleanly(/generations/)
  })

  test('copies that are loaded, joined and unloaded at once agree on one list', async () => {
    const modules = await buildModules(directory)
    const seed = `${Date.now() % 100_000}`
    const ended = await new Child(await build('copies_stress'), [SECONDS, seed, ...modules]).ended
    expect(ended).toExitCleanly(/rounds/)
  })
})
