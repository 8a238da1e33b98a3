import { expect, test } from 'vitest'
import { runJson } from '../helpers/run-json'

const run = (name: string) => runJson('wait/fixtures/reentrancy.mjs', [name])

test('a wait with no stack left for its checkpoint throws, and is no waiter any more', async () => {
  expect(await run('stackLimitOfWait')).toEqual({
    known: true,
    atLimit: true,
    words: [0, 1, 0, 0],
  })
})

test('done() and add() at the stack limit do all of their work, or none', async () => {
  expect(await run('stackLimitOfDone')).toEqual({
    reached: true,
    wrong: { returnedButNothing: 0, torn: 0, threwButAll: 0, tornAndThrew: 0 },
  })
})

test('the time-out of a vm script ends its wait, and the thread waits on', async () => {
  expect(await run('timeoutOfVm')).toEqual({
    how: 'ERR_SCRIPT_EXECUTION_TIMEOUT',
    after: [0, 1, 0, 0],
    works: true,
  })
})

test("a wait works in the main thread's exit handler", async () => {
  expect(await run('exitHandlerOfMain')).toEqual({ returned: true })
})

test("a wait works in a worker's exit handler", async () => {
  expect(await run('exitHandlerOfWorker')).toEqual({ code: 3, words: [0, 0, 0, 0] })
})

test('a worker that waits in its exit handler can be terminated', async () => {
  expect(await run('terminatedInExitHandler')).toEqual({ words: [0, 1, 0, 0] })
})

test('no timer, tick or microtask runs inside a wait', async () => {
  expect(await run('nothingElseRuns')).toEqual({ returned: false, ran: [] })
})
