import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { WaitGroup } from 'futex-waitgroup'
import { interleaveAsync } from './measure.mjs'

const EMPTY = new URL('start-empty.cjs', import.meta.url)
const ANSWER = new URL('start-answer.mjs', import.meta.url)

/** Threads per measurement, one after the other. */
const BATCH = 8

/**
 * The CPU time for each thread, in nanoseconds: of the whole process, until the thread is gone.
 *
 * @param {() => Promise<unknown>} startAndEnd
 */
async function cpuTime(startAndEnd) {
  const before = process.cpuUsage()
  for (let i = 0; i < BATCH; i++) await startAndEnd()
  const { user, system } = process.cpuUsage(before)
  return ((user + system) * 1e3) / BATCH
}

/** @type {import('./measure.mjs').Row} */
export default {
  name: 'start',
  async run({ quick }) {
    const wg = new WaitGroup()
    const worker = () => once(new Worker(EMPTY), 'exit')
    const spawnAndExit = () => once(wg.spawn(EMPTY), 'exit')
    const spawnAndJoin = () => {
      const thread = wg.spawn(EMPTY)
      thread.join()
      return once(thread, 'exit')
    }
    const workerAnswers = async () => {
      const thread = new Worker(ANSWER, { workerData: 1 })
      const ended = once(thread, 'exit')
      const [answer] = await once(thread, 'message')
      if (answer !== 1) throw new Error('a wrong answer')
      await ended
    }
    const runAndResult = () => {
      const thread = wg.run(ANSWER, [1])
      thread.join()
      if (thread.result !== 1) throw new Error('a wrong answer')
      return once(thread, 'exit')
    }
    /** @param {string} name @param {() => Promise<unknown>} ours @param {() => Promise<unknown>} theirs */
    const line = async (name, ours, theirs) => ({
      name: `CPU of a thread: ${name}`,
      unit: 'ns',
      ...(await interleaveAsync(
        quick ? 3 : 41,
        () => cpuTime(ours),
        () => cpuTime(theirs),
      )),
    })
    return [
      { ...(await line('spawn and join; theirs: Worker', spawnAndJoin, worker)), target: 1.05 },
      await line('spawn and exit event; theirs: Worker', spawnAndExit, worker),
      await line('run and result; theirs: Worker and message', runAndResult, workerAnswers),
    ]
  },
}
