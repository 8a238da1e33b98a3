// What spawned threads print while their parent is blocked, and before the process ends.
import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { Child } from '../helpers/child'
import { inTest } from '../helpers/paths'
import { runJson } from '../helpers/run-json'

const FIXTURE = 'threads/fixtures/output-while-blocked.mjs'
const run = (scene: string, variant = '') => Child.node(FIXTURE, [scene, variant]).ended
const LINES = Array.from({ length: 600 }, (_, i) => `line ${i}\n`).join('')

describe.concurrent('while the parent is blocked', () => {
  const turns = (stderr: boolean) =>
    Array.from({ length: 20 }, (_, i) => `line ${i}\n`)
      .filter((_, i) => i % 2 === Number(stderr))
      .join('')

  // The thread prints a line only after process.stdout.write was called with the one before.
  test.each(['wait()', 'join()', 'wait({ thread })', 'wait({ timeout })'])(
    'each line is written at once, in order, by process.stdout.write: %s',
    async (how) => {
      const expected = { stdout: `${turns(false)}main\n`, stderr: turns(true) }
      expect(await run('in turn', how)).toExit(expected)
    },
  )

  test.each(['a loop', 'a stream that respects back-pressure'])(
    'the memory for 50 MB is bounded: %s',
    async (how) => {
      const found = await runJson(FIXTURE, ['bounded memory', how])
      // In bytes and kB. A plain Worker that prints this in a loop takes 150 MB more.
      expect(found).toEqual({ bytes: 50_000_000, grown: expect.any(Number) as unknown })
      expect((found as { grown: number }).grown).toBeLessThan(80_000)
    },
  )

  test('a thread that waits for a thread that prints much', async () => {
    expect(await run('a thread that waits for its own')).toExitCleanly(`${5 << 20}\n`)
  })

  test.each(['blocked', 'awaited'])(
    'a thread that prints for ever can be terminated: %s',
    async (how) => {
      expect(await run('prints for ever', how)).toExitCleanly('true false\n')
    },
  )

  test('a program that has made its writes blocking keeps them so', async () => {
    expect(await run('blocking writes')).toExitCleanly(`of the thread\n${'x'.repeat(8 << 20)}\n`)
  })

  test('a listener of thread.stdout hears all', async () => {
    expect(await run('a data listener')).toExitCleanly('600\n')
  })

  test.each(['unpiped', 'captured'])(
    'a stream that is not printed keeps all for later, and the thread can end: %s',
    async (how) => {
      expect(await run('a stream that the program reads later', how)).toExitCleanly(`${5 << 20}\n`)
    },
  )

  test('a write that throws is an uncaught exception after the wait', async () => {
    const ended = await run('a write that throws')
    expect(ended).toExitCleanly('waited true\nuncaught from write\n')
  })

  test('a write that throws while a thread waits to print does not stop it', async () => {
    const ended = await run('a write that throws in a flood')
    expect(ended).toExitCleanly(`waited true ${5 << 20}\nuncaught from write\nexit 0\n`)
  })

  test.each(['deleted', 'null'])('process.stdout is %s', async (how) => {
    const { stdout, ...ended } = await run('no process.stdout', how)
    expect({ stdout, ...ended }).toExit({ stdout: /^[x\n]+$/ })
    expect(stdout).toHaveLength(5 << 20)
  })

  test('a stream that a listener has paused stays paused', async () => {
    const { stdout, ...ended } = await run('a stream that the program has paused')
    expect({ stdout, ...ended }).toExitCleanly()
    expect(stdout.split('\n').sort().join(' ').trim()).toBe('paused text waited')
  })

  test('bytes that are parts of a large buffer are printed without the rest', async () => {
    const found = await runJson(FIXTURE, ['parts of a large buffer'])
    expect(found).toEqual({ bytes: 20 << 20, rss: expect.any(Number) as unknown })
    // In kB. With 20 MB for each write, this takes gigabytes.
    expect((found as { rss: number }).rss).toBeLessThan(300_000)
  })

  test.each(['a loop', 'Atomics.wait', 'respected'])(
    'but not in a wait of ours, the thread ends: %s',
    async (how) => {
      const { stdout, ...ended } = await run('blocked in another way', how)
      expect({ stdout, ...ended }).toExit({ stdout: /^[x\n]+$/ })
      expect(stdout).toHaveLength(5 << 20)
    },
  )

  test('a write that waits for another thread that prints', async () => {
    const { stdout, ...ended } = await run('a write that waits')
    expect({ stdout, ...ended }).toExitCleanly()
    expect(stdout.replace('inner\n', '')).toBe(LINES)
  })
})

describe.concurrent('nothing is lost', () => {
  const ends = {
    ends: { code: 0, stderr: '' },
    throws: { code: 1, stderr: /Error: from main\n/ },
    exits: { code: 3, stderr: '' },
    deadlock: { code: 1, stderr: /ERR_WAITGROUP_DEADLOCK/ },
  }

  test.each(Object.entries(ends))('a thread has printed, then main %s', async (how, end) => {
    expect(await run('printed, then main', how)).toExit({ ...end, stdout: LINES })
  })

  describe.each(['exits', 'throws', 'ends', 'awaits'])(
    'a grandchild has printed, and the thread between %s',
    (between) => {
      test.each(Object.entries(ends))('then main %s', async (how, end) => {
        const ended = await run('a grandchild, then main', `${between}; ${how}`)
        expect(ended).toExit({ ...end, stdout: LINES })
      })
    },
  )

  test.each(Object.entries(ends).filter(([how]) => how !== 'deadlock'))(
    'main has awaited the thread, then it %s',
    async (how, end) => {
      expect(await run('an awaited thread, then main', how)).toExit({ ...end, stdout: LINES })
    },
  )

  test('a listener of the exit event ends the process', async () => {
    expect(await run('a listener of the exit event exits')).toExitCleanly(LINES)
  })

  test('a wait that does not block prints before what main prints next', async () => {
    expect(await run('a wait that does not block')).toExitCleanly(`${LINES}main\n`)
  })

  test('pieces that are larger than the buffer of process.stdout', async () => {
    const { stdout, ...ended } = await run('large pieces, then main exits')
    expect({ stdout, ...ended }).toExit({ stdout: /^[x\n]+$/ })
    expect(stdout).toHaveLength(4 * ((1 << 20) + 1))
  })

  test('a write ends the process', async () => {
    expect(await run('a write that ends the process')).toExitCleanly(LINES)
  })

  test.each(['exits', 'throws'])('a listener of the process that %s at its exit', async (how) => {
    const stderr = how === 'exits' ? '' : /Error: from listener\n/
    const { code, ...ended } = await run('an exit listener', how)
    expect({ ...ended, code: Math.sign(code ?? 0) }).toExit({ code: 1, stdout: LINES, stderr })
  })

  test('a thread that waits to print ends after the program has destroyed its stdout', async () => {
    const { stdout, ...ended } = await run('a stream that the program destroys later')
    expect({ stdout, ...ended }).toExitCleanly('0\n')
  })

  test('a thread whose stdout the program has destroyed can end', async () => {
    expect(await run('a stream that the program has destroyed')).toExitCleanly('0\n')
  })

  test('a slow reader of a pipe gets all', async () => {
    const child = spawn(process.execPath, [inTest(FIXTURE), 'a slow reader'])
    await new Promise((resolve) => child.stderr.once('data', resolve))
    // Gives the process time to fill the pipe. The test is true without, but tests less.
    await sleep(200)
    let length = 0
    child.stdout.on('data', (chunk: Buffer) => (length += chunk.length))
    const code = await new Promise((resolve) => child.on('close', resolve))
    expect({ code, length }).toEqual({ code: 0, length: 300 << 10 })
  })
})
