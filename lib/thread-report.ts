import type { SerializedError } from './error-transfer'

/** What a spawned thread tells its parent, by a port that is read without an event loop. */
export type Report =
  | {
      readonly type: 'error'
      readonly error: SerializedError
      /** Nobody in the thread has a say any more: it dies of this. */
      readonly sure: boolean
    }
  /** The error reported before was swallowed by a handler: it was no failure. */
  | { readonly type: 'recovered' }
  | { readonly type: 'exit'; readonly code: number }
