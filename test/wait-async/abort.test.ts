import { getEventListeners } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { WaitGroup } from 'futex-waitgroup'
import { Child } from '../helpers/child'
import { words } from '../helpers/memory'

const WAITS = 10_000

const listenersOf = (signal: AbortSignal) => getEventListeners(signal, 'abort').length

test('an abort rejects with its reason, and the waiter is counted no more', async () => {
  for (const reason of [new Error('enough'), 'a string', null, 0]) {
    const wg = new WaitGroup()
    wg.add()
    const abort = new AbortController()
    const wait = wg.waitAsync({ signal: abort.signal })
    expect(wg.waiters).toBe(1)
    abort.abort(reason)
    expect(words(wg)).toEqual([0, 1, 0, 0])
    await expect(wait).rejects.toBe(reason)
    expect(listenersOf(abort.signal)).toBe(0)
  }
})

test('without a reason it rejects with an AbortError, as everywhere', async () => {
  const wg = new WaitGroup()
  wg.add()
  const abort = new AbortController()
  const wait = wg.waitAsync({ signal: abort.signal })
  abort.abort()
  await expect(wait).rejects.toMatchObject({ name: 'AbortError' })
})

test.for([0, 1])('a signal that has aborted rejects at once, with the counter at %i', async (n) => {
  const wg = new WaitGroup()
  wg.add(n)
  const order: string[] = []
  setImmediate(() => order.push('immediate'))
  const signal = AbortSignal.abort('before')
  await expect(wg.waitAsync({ signal, timeout: 0 })).rejects.toBe('before')
  await expect(wg.waitAsync({ signal })).rejects.toBe('before')
  expect(order).toEqual([])
  expect(words(wg)).toEqual([0, n, 0, 0])
  expect(listenersOf(signal)).toBe(0)
})

test('an abort after the answer changes nothing', async () => {
  const wg = new WaitGroup()
  wg.add()
  const abort = new AbortController()
  const released = wg.waitAsync({ signal: abort.signal })
  wg.done()
  expect(await released).toBe(true)
  wg.add()
  expect(await wg.waitAsync({ signal: abort.signal, timeout: 1 })).toBe(false)
  expect(listenersOf(abort.signal)).toBe(0)
  abort.abort()
  expect(words(wg)).toEqual([0, 1, 0, 0])
})

test('an abort between the release and the continuation is too late', async () => {
  const wg = new WaitGroup()
  wg.add()
  const abort = new AbortController()
  const wait = wg.waitAsync({ signal: abort.signal })
  wg.done()
  abort.abort()
  expect(await wait).toBe(true)
  expect(words(wg)).toEqual([0, 0, 0, 0])
})

test('signals that live on time, or on other signals, abort too', async () => {
  const wg = new WaitGroup()
  wg.add()
  const abort = new AbortController()
  const any = wg.waitAsync({ signal: AbortSignal.any([abort.signal, AbortSignal.timeout(1e6)]) })
  const timeout = wg.waitAsync({ signal: AbortSignal.timeout(2) })
  await expect(timeout).rejects.toMatchObject({ name: 'TimeoutError' })
  abort.abort('any')
  await expect(any).rejects.toBe('any')
  expect(words(wg)).toEqual([0, 1, 0, 0])
})

test('10,000 waits on one signal, one after the other, leave no listener and no warning', async () => {
  const warnings: Error[] = []
  const warned = (warning: Error) => warnings.push(warning)
  process.on('warning', warned)
  const { signal } = new AbortController()
  for (let i = 0; i < WAITS; i++) {
    const wg = new WaitGroup()
    wg.add()
    const wait = wg.waitAsync({ signal })
    expect(listenersOf(signal)).toBe(1)
    wg.done()
    await wait
    expect(listenersOf(signal)).toBe(0)
  }
  await turn()
  process.off('warning', warned)
  expect(warnings).toEqual([])
})

test('10,000 waits on one signal, all at once, have one listener and no warning', async () => {
  const warnings: Error[] = []
  const warned = (warning: Error) => warnings.push(warning)
  process.on('warning', warned)
  const abort = new AbortController()
  const wg = new WaitGroup()
  wg.add()
  const first = Array.from({ length: WAITS }, () => wg.waitAsync({ signal: abort.signal }))
  expect(listenersOf(abort.signal)).toBe(1)
  wg.done()
  expect(new Set(await Promise.all(first))).toEqual(new Set([true]))
  expect(listenersOf(abort.signal)).toBe(0)

  wg.add()
  const second = Array.from({ length: WAITS }, () => wg.waitAsync({ signal: abort.signal }))
  const outcomes = Promise.allSettled(second)
  abort.abort('all')
  expect(words(wg)).toEqual([0, 1, 0, 0])
  expect(listenersOf(abort.signal)).toBe(0)
  const reasons = (await outcomes).map((o) => (o.status === 'rejected' ? (o.reason as unknown) : o))
  expect(new Set(reasons)).toEqual(new Set(['all']))
  await turn()
  process.off('warning', warned)
  expect(warnings).toEqual([])
})

test('an abort of some leaves the others waiting', async () => {
  const wg = new WaitGroup()
  wg.add()
  const abort = new AbortController()
  const waits = Array.from({ length: 100 }, (_, i) =>
    wg.waitAsync(i % 3 === 0 ? { signal: abort.signal } : undefined),
  )
  const outcomes = Promise.allSettled(waits)
  abort.abort()
  expect(wg.waiters).toBe(66)
  wg.done()
  const fulfilled = (await outcomes).map(({ status }) => status === 'fulfilled')
  expect(fulfilled).toEqual(waits.map((_, i) => i % 3 !== 0))
  expect(words(wg)).toEqual([0, 0, 0, 0])
})

test('an abort out of a promise hook, in the midst of 2,000 that are settled, is too late', async () => {
  const end = await Child.node('wait-async/fixtures/wait-in-hook.mjs', []).ended
  expect(end).toExitCleanly('all released\n')
})

test('a thousand waits on memory that was overwritten end soon, by a signal and with their thread', async () => {
  const end = await Child.node('wait-async/fixtures/zeroed-memory.mjs', []).ended
  expect(end).toExitCleanly('aborted: 1000\nterminated\n')
})

test('a signal whose removeEventListener throws does not keep others from being settled', async () => {
  const end = await Child.node('wait-async/fixtures/fake-signal.mjs', []).ended
  expect(end).toExitCleanly('settled: 1501\nuncaught: from removeEventListener\n')
})

test('a reason that cannot be read rejects with what the reading throws', async () => {
  const wg = new WaitGroup()
  wg.add()
  const unreadable = new Error('no reason')
  let listener: (() => void) | undefined
  const signal = {
    aborted: false,
    addEventListener: (_: string, listen: () => void) => (listener = listen),
    removeEventListener() {},
    get reason(): never {
      throw unreadable
    },
  }
  const wait = wg.waitAsync({ signal: signal as unknown as AbortSignal })
  try {
    listener?.()
  } catch {
    // Not the point.
  }
  const outcome = await Promise.race([wait.catch((error: unknown) => error), turn('pending')])
  expect(outcome).toBe(unreadable)
})

test("an earlier listener that stops the event's propagation does not hide the abort", async () => {
  const wg = new WaitGroup()
  wg.add()
  const abort = new AbortController()
  abort.signal.addEventListener('abort', (event) => event.stopImmediatePropagation())
  const waits = [wg.waitAsync({ signal: abort.signal }), wg.waitAsync({ signal: abort.signal })]
  expect(wg.waiters).toBe(2)
  abort.abort('enough')
  expect(wg.waiters).toBe(0)
  for (const wait of waits) await expect(wait).rejects.toBe('enough')
})

test('a foreign signal that aborts while a listener is added ends the wait', async () => {
  const wg = new WaitGroup()
  wg.add()
  const reason = new Error('meanwhile')
  const signal = Object.assign(new EventTarget(), {
    aborted: false,
    reason,
    // It calls no listener.
    addEventListener: () => (signal.aborted = true),
  }) as unknown as { aborted: boolean } & AbortSignal
  await expect(wg.waitAsync({ signal, timeout: 1000 })).rejects.toBe(reason)
  expect(wg.waiters).toBe(0)
})
