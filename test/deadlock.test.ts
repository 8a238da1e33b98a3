import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Child } from './support/child'
import { Copies } from './support/copies'
import { missing } from './support/native'

/** What a process says that dies of a deadlock, and nothing of experimental features. */
function report(count: number, waiters: number): RegExp {
  const message = `all goroutines are asleep - deadlock! \\{ count: ${count}, waiters: ${waiters} \\}: .*`
  return new RegExp(
    `^\\S+\\n.*\\n +\\^\\n\\nWaitGroupError: ${message}\\n(    at .*\\n)+` +
      "  code: 'ERR_WAITGROUP_DEADLOCK'\\n}\\n\\nNode.js v[\\d.]+\\n$".replaceAll('}', '\\}'),
  )
}

describe.concurrent('a deadlock is reported', () => {
  test.each([
    { name: 'a blocking wait, alone', count: 2, waiters: 1 },
    { name: 'a promise wait, alone', count: 2, waiters: 1 },
    { name: 'a promise wait that nobody awaits', count: 1, waiters: 1 },
    { name: 'a promise wait in a beforeExit listener', count: 1, waiters: 1 },
    { name: 'a blocking wait beside a promise wait', count: 1, waiters: 2 },
    {
      name: 'a blocking wait for a done() that a spawned thread did not call',
      count: 1,
      waiters: 1,
    },
    {
      name: 'a blocking wait for a done() that a terminated thread did not call',
      count: 1,
      waiters: 1,
    },
    {
      name: 'a blocking wait for a done() that none of many threads called',
      count: 1,
      waiters: 1,
    },
    { name: 'a blocking wait after a worker that has ended', count: 1, waiters: 1 },
    { name: 'a promise wait for a done() that a worker did not call', count: 1, waiters: 1 },
    { name: 'a promise wait after a join()', count: 1, waiters: 1 },
    { name: 'a promise wait after a doubt that has passed', count: 1, waiters: 1 },
    {
      name: "a promise wait after an unref'd timer that did something else",
      count: 1,
      waiters: 1,
    },
    { name: 'a promise wait after a MessageChannel that is closed', count: 1, waiters: 1 },
    { name: 'a blocking wait after a spawn that threw', count: 1, waiters: 1 },
    { name: 'a promise wait after a spawn that threw', count: 1, waiters: 1 },
    { name: 'a blocking wait after a new Worker that threw', count: 1, waiters: 1 },
    { name: 'a promise wait after a worker without listeners', count: 1, waiters: 1 },
    { name: 'a promise wait after a process without listeners', count: 1, waiters: 1 },
    { name: 'a promise wait after one with a time-out', count: 1, waiters: 1 },
    {
      name: 'a promise wait, and another one from a beforeExit listener',
      count: 1,
      waiters: 2,
    },
    {
      name: 'a promise wait beside a beforeExit listener that removes all of them',
      count: 1,
      waiters: 1,
    },
    { name: 'a blocking wait in a frozen process', count: 1, waiters: 1 },
  ])('$name', async ({ name, count, waiters }) => {
    const { stderr, ...ended } = await Child.node('deadlock.mjs', [name]).ended
    expect(ended).toEqual({ code: 1, signal: null, stdout: '' })
    expect(stderr).toMatch(report(count, waiters))
    expect(stderr).not.toContain('Warning')
  })

  test('a promise wait for a done() that a spawned thread did not call, with its output', async () => {
    const name = 'a promise wait for a done() that a spawned thread did not call'
    const { stderr, ...ended } = await Child.node('deadlock.mjs', [name]).ended
    expect(ended).toEqual({ code: 1, signal: null, stdout: 'I forgot\n' })
    expect(stderr).toMatch(report(1, 1))
  })

  const deadlock = (advice: string, count = 1, waiters = 1): string =>
    `all goroutines are asleep - deadlock! { count: ${count}, waiters: ${waiters} }: ${advice}`
  const BLOCKED = deadlock(
    'no other thread is left to call done(). If the event loop of this one was to call it: ' +
      'wait() blocks that loop, use waitAsync()',
  )
  const NOTHING = 'nothing is left that could call done()'

  test.each([
    {
      name: 'several promise waits',
      lines: [
        [
          ['ERR_WAITGROUP_DEADLOCK', deadlock(NOTHING, 1, 2)],
          ['ERR_WAITGROUP_DEADLOCK', deadlock(NOTHING, 3, 1)],
          ['ERR_WAITGROUP_DEADLOCK', deadlock(NOTHING, 1, 2)],
        ],
        // None of them is counted any more.
        [0, 0],
      ],
    },
    {
      name: 'a blocking wait beside a hundred workers that have ended',
      lines: [[`WaitGroupError: ${BLOCKED}`, 100]],
    },
    {
      name: 'a blocking wait after one that was reported',
      lines: [
        [`WaitGroupError: ${BLOCKED}`, 1, 0],
        [`WaitGroupError: ${BLOCKED}`, 1, 0],
        [true, 0],
      ],
    },
    {
      name: 'a promise wait after one that was reported',
      lines: [
        [`WaitGroupError: ${deadlock(NOTHING)}`, 1, 0],
        [`WaitGroupError: ${deadlock(NOTHING)}`, 1, 0],
        [true, 0],
      ],
    },
  ])('$name', async ({ name, lines }) => {
    const { stdout, ...ended } = await Child.node('deadlock.mjs', [name]).ended
    expect(ended).toEqual({ code: 0, signal: null, stderr: '' })
    const printed = stdout.trimEnd().split('\n')
    expect(printed.map((line) => JSON.parse(line) as unknown)).toEqual(lines)
  })
})

if (missing !== undefined) console.warn(`not tested: other addons, since ${missing}`)

describe.runIf(missing === undefined)('no deadlock is reported while another addon may act', () => {
  const copies = new Copies([])
  let addon = ''
  beforeAll(async () => {
    addon = await copies.buildNativeThread()
  }, 120_000)
  afterAll(() => copies.remove())

  test.each([
    'a native thread that counts, blocking',
    'a native thread that counts, promise',
    "an unref'd thread-safe function of another addon",
  ])('%s', async (name) => {
    const ended = await Child.node('no-deadlock.mjs', [name, addon]).ended
    expect(ended).toEqual({ code: 0, signal: null, stdout: 'true\n', stderr: '' })
  })
})

test('no deadlock is reported where the report is switched off', async () => {
  const script = path.join(__dirname, 'fixtures', 'deadlock.mjs')
  const env = { ...process.env, FUTEX_WAITGROUP_NO_DEADLOCK_REPORT: '1' }
  for (const name of ['a blocking wait, alone', 'a promise wait, alone']) {
    const { signal, stderr } = await new Child(process.execPath, [script, name], 3, { env }).ended
    expect({ signal, stderr }).toEqual({
      signal: 'SIGKILL',
      stderr: '\n[killed: still running after 3 s]\n',
    })
  }
})

describe.concurrent('no deadlock is reported where there is none', () => {
  test.each([
    "an unref'd worker that is late, blocking",
    "an unref'd worker that is late, promise",
    "an unref'd thread that is late, promise",
    'a thread that is joined for long',
    'a worker beside a thread that has ended',
    'a worker that is only just starting, blocking',
    'a worker that is only just starting, promise',
    'a worker from before the module was loaded, blocking',
    'a worker from before the module was loaded, promise',
    'a subclass from before the module was loaded',
    'a worker beside many that had ended before the module was loaded',
    'a loader-hooks worker, blocking',
    'a loader-hooks worker, promise',
    'a worker of a worker, blocking',
    'a worker of a worker, promise',
    'a time-out, blocking',
    'a time-out, promise',
    'an AbortSignal',
    'a wait without a time-out beside one that has one',
    "an unref'd timer",
    "an unref'd interval from before",
    'a beforeExit listener from before',
    'a beforeExit listener from later',
    'a beforeExit listener that starts a worker',
    'a beforeExit listener that counts down itself',
    'a worker that blocks, and its parent',
    'a worker that awaits, and its parent',
    'a time-out of Atomics.waitAsync()',
    "an unref'd MessagePort, posted to by a later timer",
    "unref'd MessagePorts that play ping-pong",
    "an unref'd MessagePort with a message",
    "unref'd BroadcastChannels",
    'a frozen process, promise',
    'a frozen process, blocking',
    'a wait that began in a doubt, and another one',
  ])('%s', async (name) => {
    // Node 26 deprecates the loader hooks that run in a worker.
    const ended = await Child.node('no-deadlock.mjs', [name], 60, ['--no-deprecation']).ended
    expect(ended).toEqual({ code: 0, signal: null, stdout: 'true\n', stderr: '' })
  })

  test.each(
    ['before', 'after'].flatMap((when) =>
      [
        'an await',
        'a microtask',
        'an import',
        'a timer after an await',
        'four nested ticks',
        'a stream',
        'four rounds of events',
        'a thread of V8',
      ].map((what) => [when, what] as const),
    ),
  )('an asynchronous beforeExit listener from %s the wait: %s', async (when, what) => {
    const name = `an asynchronous beforeExit listener from ${when} the wait`
    const ended = await Child.node('no-deadlock.mjs', [name, what]).ended
    expect(ended).toEqual({ code: 0, signal: null, stdout: 'true\n', stderr: '' })
  })

  test("an unref'd server", async () => {
    const socket = path.join(os.tmpdir(), `no-deadlock-${process.pid}.sock`)
    const child = Child.node('no-deadlock.mjs', ["an unref'd server", socket])
    await child.said('idle')
    await delay(1500)
    net.connect(socket).on('error', () => {})
    expect(await child.ended).toEqual({ code: 0, signal: null, stdout: 'idle\ntrue\n', stderr: '' })
  })

  test.each([
    ['a signal handler', 'SIGUSR2'],
    ['a listener for SIGWINCH', 'SIGWINCH'],
  ] as const)('%s', async (name, signal) => {
    const child = Child.node('no-deadlock.mjs', [name])
    await child.said('idle')
    await delay(1500)
    child.kill(signal)
    expect(await child.ended).toEqual({ code: 0, signal: null, stdout: 'idle\ntrue\n', stderr: '' })
  })

  // Somebody may do it by hand.
  test.each(['an inspector, blocking', 'an inspector, promise'])('%s', async (name) => {
    const child = Child.node('no-deadlock.mjs', [name], 60, ['--inspect=0'])
    await child.said('waiting')
    await delay(1000)
    child.kill('SIGTERM')
    const { stderr, ...ended } = await child.ended
    expect(ended).toEqual({ code: null, signal: 'SIGTERM', stdout: 'waiting\n' })
    expect(stderr).not.toContain('WaitGroupError')
  })
})
