import type { JoinAsyncOptions, JoinOptions } from '../errors/validate'
import { joinViewOf, type Thread } from './thread'

/** Of {@link WaitGroup.wait}. */
export interface WaitOptions extends JoinOptions {
  /** Ends the wait, with false, when this thread has ended. A blocked wait usually sees that within 20 ms. */
  thread?: Thread | undefined
}

/** Of {@link WaitGroup.waitAsync}. */
export interface WaitAsyncOptions extends JoinAsyncOptions, WaitOptions {}

/** @returns the group whose zero ends the wait. @throws TypeError if `thread` is not a Thread. */
export function endOf(options: WaitOptions | undefined): Int32Array | undefined {
  const thread: unknown = options?.thread
  return thread === undefined ? undefined : joinViewOf(thread)
}
