import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import { Child } from '../helpers/child'
import { buildAddon, missing } from '../helpers/core'
import { inTest } from '../helpers/paths'

/** Time enough to report a deadlock, in milliseconds. A test that is too slow for it passes. */
const LONG_ENOUGH = 1000

const start = (name: string, ...args: string[]) =>
  Child.node('deadlock/fixtures/no-deadlock.mjs', [name, ...args])

if (missing !== undefined) console.warn(`not tested: other addons: ${missing}`)

describe.runIf(missing === undefined)('no deadlock is reported while another addon may act', () => {
  let addon = ''
  beforeAll(async () => {
    addon = await buildAddon(inTest('deadlock/fixtures/native-thread.cc'))
  })

  test.concurrent.each([
    'a native thread that counts, blocking',
    'a native thread that counts, promise',
    "an unref'd thread-safe function of another addon",
  ])('%s', async (name) => {
    expect(await start(name, addon).ended).toExitCleanly('true\n')
  })
})

describe.concurrent('no deadlock is reported where the report is switched off', () => {
  test.each(['no done(), blocking', 'no done(), promise'])('%s', async (name) => {
    const env = { ...process.env, FUTEX_WAITGROUP_NO_DEADLOCK_REPORT: '1' }
    const child = Child.node('deadlock/fixtures/no-deadlock.mjs', [name], { env })
    await child.printedLine('waiting')
    await delay(LONG_ENOUGH)
    child.kill('SIGTERM')
    expect(await child.ended).toExit({ signal: 'SIGTERM', stdout: 'waiting\n' })
  })
})

describe.concurrent('no deadlock is reported for a wait that can end', () => {
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
    'checks that throw, blocking',
    'checks that throw, promise',
    'signals whose listeners cannot be asked for',
    'checks that cannot be loaded, blocking',
    'checks that cannot be loaded, promise',
    'a wait that began in a doubt, and another one',
  ])('%s', async (name) => {
    // Node 26 deprecates the loader hooks that run in a worker.
    const child = Child.node('deadlock/fixtures/no-deadlock.mjs', [name], {
      flags: ['--no-deprecation'],
    })
    expect(await child.ended).toExitCleanly('true\n')
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
    expect(await start(name, what).ended).toExitCleanly('true\n')
  })

  test("an unref'd server", async () => {
    const socket = path.join(os.tmpdir(), `no-deadlock-${process.pid}.sock`)
    const child = start("an unref'd server", socket)
    await child.printedLine('idle')
    await delay(LONG_ENOUGH)
    net.connect(socket).on('error', () => {})
    expect(await child.ended).toExitCleanly('idle\ntrue\n')
  })

  test.each([
    ['a signal handler', 'SIGUSR2'],
    ['a listener for SIGWINCH', 'SIGWINCH'],
  ] as const)('%s', async (name, signal) => {
    const child = start(name)
    await child.printedLine('idle')
    await delay(LONG_ENOUGH)
    child.kill(signal)
    expect(await child.ended).toExitCleanly('idle\ntrue\n')
  })

  // A user of the debugger may call done() by hand.
  test.each(['no done(), blocking', 'no done(), promise'])('%s, under a debugger', async (name) => {
    const child = Child.node('deadlock/fixtures/no-deadlock.mjs', [name], {
      flags: ['--inspect=0'],
    })
    await child.printedLine('waiting')
    await delay(LONG_ENOUGH)
    child.kill('SIGTERM')
    const ended = await child.ended
    // The debugger announces itself there.
    expect(ended).toExit({ signal: 'SIGTERM', stdout: 'waiting\n', stderr: /^Debugger listening/ })
    expect(ended.stderr).not.toContain('WaitGroupError')
  })
})
