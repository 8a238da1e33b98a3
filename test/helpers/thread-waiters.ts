import { inspect } from 'node:util'
import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from 'node:worker_threads'
import type { WaitGroup } from 'futex-waitgroup'
import { goText, type PanicFields, type Waiter, type Waiters } from './replay'
import { inTest } from './paths'

/** What waiter.mjs reports of a call of `wait()`. */
type Report = { returned: unknown } | { thrown: PanicFields; isWaitGroupError: boolean }

/** A thread that calls `wait()` on whatever group it is given, over and over. */
class Thread {
  readonly #worker: Worker
  readonly #port: MessagePort
  /** [calls asked for, calls returned] */
  readonly #calls = new Int32Array(new SharedArrayBuffer(8))

  constructor() {
    const { port1, port2 } = new MessageChannel()
    this.#port = port1
    this.#worker = new Worker(inTest('go/fixtures/waiter.mjs'), {
      workerData: { port: port2, calls: this.#calls },
      transferList: [port2],
    })
  }

  get idle(): boolean {
    return Atomics.load(this.#calls, 0) === Atomics.load(this.#calls, 1)
  }

  call(group: WaitGroup): void {
    this.#port.postMessage(group)
    Atomics.add(this.#calls, 0, 1)
    Atomics.notify(this.#calls, 0)
  }

  /** Requires: the call has returned. */
  report(): Report {
    const received = receiveMessageOnPort(this.#port)
    if (received === undefined) throw new Error('the thread returned without a report')
    return received.message as Report
  }

  async terminate(): Promise<void> {
    this.#port.close()
    await this.#worker.terminate()
  }
}

class ThreadWaiter implements Waiter {
  readonly #thread: Thread
  #report: Report | undefined

  constructor(thread: Thread, group: WaitGroup) {
    this.#thread = thread
    thread.call(group)
  }

  get returned(): boolean {
    if (this.#report === undefined && this.#thread.idle) this.#report = this.#thread.report()
    return this.#report !== undefined
  }

  get panic(): string | null {
    const report = this.#report
    if (report === undefined) throw new Error('it has not returned')
    if ('returned' in report) {
      return report.returned === true ? null : `wait() returned ${inspect(report.returned)}`
    }
    const text = report.isWaitGroupError ? goText(report.thrown) : undefined
    return text ?? `not a panic of Go's: ${inspect(report)}`
  }
}

/** Real threads, really blocked. A pool: who has returned waits for the next scenario. */
export class ThreadWaiters implements Waiters {
  readonly #threads: Thread[] = []
  /** Whom each of them runs, or ran last. */
  readonly #current = new Map<Thread, ThreadWaiter>()

  get size(): number {
    return this.#threads.length
  }

  start(group: WaitGroup): Waiter {
    let thread = this.#threads.find((other) => this.#current.get(other)?.returned ?? true)
    if (thread === undefined) {
      thread = new Thread()
      this.#threads.push(thread)
    }
    const waiter = new ThreadWaiter(thread, group)
    this.#current.set(thread, waiter)
    return waiter
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.terminate()))
  }
}
