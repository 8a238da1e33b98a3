import { describe, expect, test } from 'vitest'
import { Child } from '../helpers/child'

const BOOM = 'TypeError: boom'

describe.concurrent('a Thread', () => {
  test.each([
    { name: 'a normal end', seen: ['online', 'exit 0'] },
    { name: 'an error that is listened for', seen: ['online', `error ${BOOM}`, 'exit 1'] },
    {
      name: 'an error that is listened for and read',
      seen: [BOOM, 'online', `error ${BOOM}`, 'exit 1'],
    },
    { name: 'an error that is read', seen: [BOOM, 'online', 'exit 1'] },
    { name: 'an error that is read again and again', seen: [true, 'online', 'exit 1', true] },
    { name: 'an error that a late listener hears', seen: ['online', `error ${BOOM}`, 'exit 1'] },
    { name: 'an error that events.once hears', seen: [`once ${BOOM}`] },
    {
      name: 'an error that is read, and a monitor',
      seen: [BOOM, 'online', `monitor ${BOOM}`, 'once', 'exit 1'],
    },
    { name: 'an error that is undefined', seen: [true, true, 'online', 'exit 1'] },
    {
      name: 'a failure that has no report, read',
      seen: [false, 'online', 'exit 1', BOOM],
    },
    {
      name: 'an error event emitted by hand',
      seen: ['error Error: by hand', false, false, null, 'online', 'exit 0', false, null],
    },
    {
      name: 'a rejection in a listener, with captureRejections',
      seen: ['Error: of the listener', false, null],
    },
    {
      name: 'an error while it is being swallowed',
      seen: [false, null, null, false, null, 0],
    },
    { name: 'terminate()', seen: ['online', false, 1, 'exit 1', 1, 1, null] },
    { name: 'terminate() while it starts', seen: [0, true, false, true] },
    { name: 'unref()', seen: ['online'] },
    { name: 'ref() after unref()', seen: ['online', 'exit 0'] },
    {
      name: 'a Worker in all respects',
      seen: [true, true, 'Thread', 'number', true, 2, 4, -1, 0],
    },
    {
      name: 'new Thread()',
      seen: new Array(4).fill('TypeError: Illegal constructor ERR_ILLEGAL_CONSTRUCTOR'),
    },
    {
      name: 'join()',
      seen: [false, false, null, true, true, 0, 1, true, true, 0, 1, true, 0, true],
    },
    {
      name: 'join() without time, of a thread that is counting down',
      seen: [false, true, true],
    },
    {
      name: 'join() with bad options',
      seen: [
        'ERR_INVALID_ARG_TYPE',
        'ERR_INVALID_ARG_TYPE',
        'ERR_OUT_OF_RANGE',
        'ERR_OUT_OF_RANGE',
        'ERR_INVALID_ARG_TYPE',
        true,
      ],
    },
  ])('$name', async ({ name, seen }) => {
    const { stdout, ...ended } = await Child.node('threads/fixtures/events.mjs', [name]).ended
    expect(ended).toEqual({ code: 0, signal: null, stderr: '' })
    expect(JSON.parse(stdout)).toEqual(seen)
  })

  test.each([
    { name: 'an error that nobody reads', seen: ['online'] },
    { name: 'an error of which only failed is read', seen: [true, 'online'] },
    { name: 'an error of which only the exit code is read', seen: [1, 'online'] },
    { name: 'an error of which only inspect() is seen', seen: [true, 'online'] },
    { name: 'an error that was read too early', seen: [false, 'undefined', null, 'online'] },
    { name: 'an error that only a monitor hears', seen: ['online', `monitor ${BOOM}`] },
    { name: 'an error in an error listener', seen: ['online'], message: /Error: of the listener/ },
  ])(
    'crashes as Node does: $name',
    async ({ name, seen, message = /TypeError( \[Error\])?: boom/ }) => {
      const { stdout, stderr, ...ended } = await Child.node('threads/fixtures/events.mjs', [name])
        .ended
      expect(ended).toEqual({ code: 1, signal: null })
      expect(stderr).toMatch(message)
      // The exit event may still come, before the end.
      const before = (JSON.parse(stdout) as unknown[]).filter((each) => each !== 'exit 1')
      expect(before).toEqual(seen)
    },
  )
})
