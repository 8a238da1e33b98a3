import { describe, expect, test } from 'vitest'
import { byName } from '../helpers/by-name'
import { Child } from '../helpers/child'

const BOOM = 'TypeError: boom'
const ENDED_WELL = { failed: false, error: null, exitCode: 0 }
const NOT_ENDED = { failed: false, error: null, exitCode: null }
const ILLEGAL = 'TypeError ERR_ILLEGAL_CONSTRUCTOR'
const BAD_TYPE = 'TypeError ERR_INVALID_ARG_TYPE'
const BAD_RANGE = 'RangeError ERR_OUT_OF_RANGE'

/** The events in their order, and beside them what the parent reads. */
interface Case {
  name: string
  seen: { events: string[]; [fact: string]: unknown }
}

const cases: Case[] = [
  { name: 'a normal end', seen: { events: ['online', 'exit 0'] } },
  { name: 'an error with a listener', seen: { events: ['online', `error ${BOOM}`, 'exit 1'] } },
  {
    name: 'an error that is read, with a listener',
    seen: { events: ['online', `error ${BOOM}`, 'exit 1'], error: BOOM },
  },
  { name: 'an error that is read', seen: { events: ['online', 'exit 1'], error: BOOM } },
  {
    name: 'an error that is read again and again',
    seen: { events: ['online', 'exit 1'], sameAtOnce: true, sameAfterTheEnd: true },
  },
  {
    name: 'an error with a late listener',
    seen: { events: ['online', `error ${BOOM}`, 'exit 1'] },
  },
  { name: 'an error that events.once hears', seen: { events: [`once ${BOOM}`] } },
  {
    name: 'an error that is read, and a monitor',
    seen: { events: ['online', `monitor ${BOOM}`, 'once', 'exit 1'], error: BOOM },
  },
  {
    name: 'an error that is undefined',
    seen: { events: ['online', 'exit 1'], failed: true, isUndefined: true },
  },
  {
    name: 'a failure without a report, read',
    seen: { events: ['online', 'exit 1'], knownAtOnce: false, errorAtExit: BOOM },
  },
  {
    name: 'an error event emitted by hand',
    seen: {
      events: ['error Error: by hand', 'online', 'exit 0'],
      failedWhileItRuns: false,
      joined: ENDED_WELL,
      ended: ENDED_WELL,
    },
  },
  {
    name: 'a rejection in a listener, with captureRejections',
    seen: { events: ['Error: of the listener'], failedWhileItRuns: false, ...ENDED_WELL },
  },
  {
    name: 'an error while it is being swallowed',
    seen: { events: [], inTheHandler: NOT_ENDED, joined: ENDED_WELL },
  },
  {
    name: 'terminate()',
    seen: {
      events: ['online', 'exit 1'],
      failed: false,
      exitCodeAtOnce: 1,
      resolvedWith: 1,
      exitCode: 1,
      againResolvedWith: null,
    },
  },
  {
    name: 'terminate() while it starts',
    seen: {
      events: [],
      count: 0,
      joined: true,
      failed: false,
      exitCodeAtOnce: 1,
      resolvedWithTheExitCode: true,
    },
  },
  { name: 'unref()', seen: { events: [], ran: true } },
  { name: 'ref() after unref()', seen: { events: ['online', 'exit 0'] } },
  {
    name: 'a Worker in all respects',
    seen: {
      events: [],
      isWorker: true,
      isThread: true,
      class: 'Thread',
      typeOfId: 'number',
      hasLimits: true,
      answerTo1: 2,
      answerTo3: 4,
      idAfterTheEnd: -1,
      count: 0,
    },
  },
  {
    name: 'new Thread()',
    seen: {
      events: [],
      withoutArguments: ILLEGAL,
      asWorker: ILLEGAL,
      withAnObject: ILLEGAL,
      subclass: ILLEGAL,
    },
  },
  {
    name: 'join()',
    seen: {
      events: [],
      running: [false, false],
      exitCode: null,
      counted: [true, true],
      exitCodeThen: 0,
      countOfTheOther: 1,
      ended: [true, true],
      exitCodeAtTheEnd: 0,
      countOfTheOtherThen: 1,
      terminated: true,
      count: 0,
      waited: true,
    },
  },
  {
    name: 'join() without time, of a thread that is counting down',
    seen: { events: [], running: false, countingDown: true, atOnce: true },
  },
  {
    name: 'join() with bad options',
    seen: {
      events: [],
      null: BAD_TYPE,
      '1': BAD_TYPE,
      '{ timeout: -1 }': BAD_RANGE,
      '{ timeout: NaN }': BAD_RANGE,
      "{ timeout: '1' }": BAD_TYPE,
      joined: true,
    },
  },
]

const crashes: (Case & { message?: RegExp })[] = [
  { name: 'an error that nothing reads', seen: { events: ['online'] } },
  {
    name: 'an error of which only failed is read',
    seen: { events: ['online'], failed: true },
  },
  {
    name: 'an error of which only the exit code is read',
    seen: { events: ['online'], exitCode: 1 },
  },
  {
    name: 'an error of which only inspect() is seen',
    seen: { events: ['online'], inspected: 'Thread' },
  },
  {
    name: 'an error that was read too early',
    seen: { events: ['online'], early: NOT_ENDED },
  },
  { name: 'an error that only a monitor hears', seen: { events: ['online', `monitor ${BOOM}`] } },
  {
    name: 'an error in an error listener',
    seen: { events: ['online'] },
    message: /Error: of the listener/,
  },
]

describe.concurrent('a Thread emits, and its parent reads', () => {
  test.each(byName(cases))('%s', async (name, { seen }) => {
    const ended = await Child.node('threads/fixtures/events.mjs', [name]).ended
    expect(ended).toExitCleanly()
    expect(JSON.parse(ended.stdout)).toEqual(seen)
  })
})

describe.concurrent('a Thread crashes its parent as a Worker does', () => {
  test.each(byName(crashes))(
    '%s',
    async (name, { seen, message = /TypeError( \[Error\])?: boom/ }) => {
      const ended = await Child.node('threads/fixtures/events.mjs', [name]).ended
      expect(ended).toExit({ code: 1, stderr: message })
      const { events, ...facts } = JSON.parse(ended.stdout) as Case['seen']
      // The exit event may still come, before the end.
      const before = events.filter((event) => event !== 'exit 1')
      expect({ events: before, ...facts }).toEqual(seen)
    },
  )
})
