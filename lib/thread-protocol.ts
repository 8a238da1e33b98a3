import type { MessagePort } from 'node:worker_threads'
import type { SerializedError } from './error-transfer'

/** What a parent and the preload of its spawned thread say to each other. */

/** The key in the environment data under which a starting thread finds its {@link ThreadStart}. */
export const START_KEY = 'futex-waitgroup:thread'

/** What the parent leaves for the preload. */
export interface ThreadStart {
  /** The absolute path of the addon that the parent has loaded. */
  readonly addon: string
  readonly group: SharedArrayBuffer
  readonly byteOffset: number
  readonly cell: SharedArrayBuffer
  /** Takes the thread's {@link Report}s. The parent reads it without an event loop. */
  readonly port: MessagePort
  readonly restore: Restore
}

/** What the user's script is to find in place of the options that named the preload. */
export type Restore =
  | { readonly nodeOptions: string | undefined }
  | { readonly execArgv: readonly string[] }
  | undefined

/** What a spawned thread tells its parent. A later report replaces an earlier one of its type. */
export type Report =
  | {
      readonly type: 'error'
      readonly error: SerializedError
      /** The thread dies of it. Otherwise it may have died of an error that replaced this one. */
      readonly final: boolean
    }
  /** The thread runs on after a final error. */
  | { readonly type: 'recovered' }
  | {
      readonly type: 'exit'
      readonly code: number
      /** It ends by itself or by process.exit(), so that Node emits no `error` event. */
      readonly clean: boolean
    }
