/**
 * Go's sync.WaitGroup for Node's threads.
 *
 * @packageDocumentation
 */
export { WaitGroup, type SharedWaitGroup } from './wait-group'
export { Guard } from './guards'
export { Thread } from './thread'
export { WaitGroupError, type WaitGroupErrorCode } from './errors'
export type { WaitAsyncOptions, WaitOptions } from './arguments'
