import type { MessagePort } from 'node:worker_threads'
import type { OutputStart } from './output/messages'
import type { SerializedError } from './transfer/serialize-error'

/** The key in the environment data under which a starting thread finds its {@link ThreadStart}. */
export const START_KEY = 'futex-waitgroup:thread'

/** The property of the global object under which run-task.ts finds its {@link TaskStart}. */
export const TASK_KEY = Symbol.for('futex-waitgroup:task')

/** From the preload to run-task.ts. */
export interface TaskStart {
  readonly task: Task
  readonly post: (report: Report) => void
}

/** From the parent to the preload of a spawned thread. */
export interface ThreadStart {
  /** The absolute path of the addon that the parent has loaded. */
  readonly addon: string
  readonly group: SharedArrayBuffer
  readonly byteOffset: number
  /** The thread's record: see binding/layout.ts. */
  readonly record: SharedArrayBuffer
  /** For the {@link Report}s. The parent receives them without an event loop. */
  readonly port: MessagePort
  readonly restore: Restore
  /** undefined on Bun. */
  readonly output: OutputStart | undefined
  /** For a thread that run() starts. */
  readonly task: Task | undefined
}

/** A call of a function that a module exports. */
export interface Task {
  /** The URL of the module. */
  readonly module: string
  readonly exportName: string
  readonly args: readonly unknown[]
}

/** The options that name the preload, with the values that the user's script should see. */
export type Restore =
  | { readonly nodeOptions: string | undefined }
  | { readonly execArgv: readonly string[] }
  | undefined

/** From a spawned thread to its parent. A report replaces an earlier one of its type. */
export type Report =
  | {
      readonly type: 'error'
      readonly error: SerializedError
      /** Whether the thread dies of it. If not, it may die of another or, on Bun, of none. */
      readonly final: boolean
    }
  /** The task has returned. */
  | { readonly type: 'result'; readonly value: unknown }
  /** The thread continues: it does not die of the reported error. */
  | { readonly type: 'recovered' }
  | {
      readonly type: 'exit'
      readonly code: number
      /** The thread ends by itself or by process.exit(), so that Node emits no `error` event. */
      readonly clean: boolean
      /** Whether by process.exit(), or of an error. undefined where that is not known: on Bun. */
      readonly called: boolean | undefined
    }
