// The main job, examples/checksum: what happens to files that are changed between the listing of
// the directory and the reading of the file. So the listing is made up here.
import { execFileSync } from 'node:child_process'
import * as fs from 'node:fs'
import { constants } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { WaitGroup } from 'futex-waitgroup'
import { createJob, filesDone, Status } from '../../examples/checksum/job.mjs'
import { folder, needs } from '../helpers/checksum'
import { root } from '../helpers/paths'

const worker = path.join(root, 'examples/checksum/worker.mjs')

test('a file that became something else is neither followed nor waited for', (context) => {
  needs(context, process.platform === 'win32' ? 'Windows has no FIFOs' : undefined)
  const scratch = folder({ file: 'abc' })
  const [file = '', gone = '', fifo = '', link = ''] = ['file', 'gone', 'fifo', 'link'].map(
    (name) => path.join(scratch, name),
  )
  execFileSync('mkfifo', [fifo])
  fs.symlinkSync('file', link)

  const wg = new WaitGroup()
  const paths = [gone, fifo, link, scratch, file].map((name) => Buffer.from(name))
  const job = createJob(paths)
  wg.run(worker, [job, 1])
  expect(wg.wait({ timeout: 100_000 })).toBe(true)

  expect([...job.status]).toEqual([
    -constants.errno.ENOENT,
    Status.NotRegular,
    -constants.errno.ELOOP,
    Status.NotRegular,
    Status.Hashed,
  ])
  expect(Buffer.from(job.digests.slice(4 * 32)).toString('hex')).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  )
  expect(filesDone(job)).toBe(paths.length)
})
