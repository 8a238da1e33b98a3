// For TypeScript 6 and later, which includes no types by itself.
/// <reference types="node" preserve="true" />
/**
 * Go's sync.WaitGroup for Node's threads.
 *
 * @packageDocumentation
 */
import './runtime/external'

export { WaitGroup, type SharedWaitGroup } from './wait-group'
export { Guard } from './threads/guard'
export { Thread } from './threads/thread'
export { WaitGroupError, type ErrorCode, type WaitGroupErrorCode } from './errors/errors'
export type { JoinAsyncOptions, JoinOptions } from './errors/validate'
export type { RunOptions } from './threads/spawn'
export type { WaitAsyncOptions, WaitOptions } from './threads/wait-options'
