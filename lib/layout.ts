/** A group's 16 bytes as an Int32Array: native/core/wait_group.h and native/semaphore.h draw the words. */
export const BYTES = 16
export const WAITERS = 0
export const COUNTER = 1

/**
 * What a thread shares with its parent, 32 bytes: a group that counts 1 while the thread is there
 * (`Thread.join` waits for it), then the phase. `ThreadCell` of native/addon/guards.cc.
 */
export const CELL_BYTES = 32
export const PHASE = 4
export const PHASE_STARTING = 0
export const PHASE_RELEASED = 2

export function viewOf(buffer: SharedArrayBuffer, byteOffset = 0, bytes = BYTES): Int32Array {
  return new Int32Array(buffer, byteOffset, bytes / Int32Array.BYTES_PER_ELEMENT)
}
