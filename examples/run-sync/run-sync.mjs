import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads'
import { WaitGroup } from 'futex-waitgroup'

/**
 * A function that calls an asynchronous function of another thread, and blocks until it has the
 * answer. The thread starts at the first call. It stays for later calls, and keeps no process alive.
 *
 * A call throws what the function throws. If the thread ends without an answer, the call throws the
 * error that the thread died of, or one with its exit code. The next call starts a new thread.
 *
 * @template {(...args: any[]) => any} F the type of the function
 * @param {URL} module Its default export is the function. `file:` or `data:`.
 * @param {import('node:worker_threads').WorkerOptions} [options] of the thread, without `transferList`: what
 * is moved to one thread is gone for the next
 * @returns {(...args: Parameters<F>) => Awaited<ReturnType<F>>}
 */
export function createSyncFunction(module, options) {
  if (!(module instanceof URL)) throw new TypeError(`"module" must be a URL: ${String(module)}`)
  /** @type {ReturnType<typeof startWorker> | undefined} */
  let worker

  return (...args) => {
    // A thread that has exited between two calls is replaced. One that has died of an error is not:
    // its error is this call's.
    if (worker?.thread.exitCode != null && !worker.thread.failed) worker = undefined
    const { thread, port, answers } = (worker ??= startWorker(module, options))

    port.postMessage(args)
    const answered = answers.wait({ thread })
    if (answered) answers.add() // now, since the answer may be one that this thread cannot receive
    const answer = answered ? receiveMessageOnPort(port)?.message : undefined
    if (answer === undefined) {
      worker = undefined
      const { exitCode } = thread
      void thread.terminate()
      if (thread.failed) throw thread.error
      throw new Error(`${module.href} gave no answer. Its thread's exit code: ${exitCode}`)
    }
    if ('properties' in answer) throw Object.assign(answer.error, answer.properties)
    if ('error' in answer) throw answer.error
    return answer.value
  }
}

/**
 * @param {URL} module
 * @param {import('node:worker_threads').WorkerOptions} [options]
 */
function startWorker(module, options) {
  const { port1: port, port2 } = new MessageChannel()
  // The count is 1 before each call. It is 0 when the worker has answered.
  const answers = new WaitGroup()
  answers.add()
  const thread = new WaitGroup().run(
    new URL('worker.mjs', import.meta.url),
    [module.href, port2, answers],
    { ...options, exportName: 'serve', transferList: [port2] },
  )
  thread.unref()
  thread.on('error', () => {}) // the next call throws it
  return { thread, port, answers }
}
