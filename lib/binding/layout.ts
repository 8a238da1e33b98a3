/**
 * The memory that JavaScript and C++ share, as Int32Arrays. C++ has the originals, `Memory` in
 * native/core/layout.h and `ThreadRecord` in native/addon/thread_record.h. addon.ts compares them.
 */

/** Saved when this module is loaded: a program may replace them, and keep what they make. */
const { BigInt64Array, Int32Array, SharedArrayBuffer } = globalThis

/** A group: 16 bytes. */
export const BYTES = 16
export const WAITERS = 0
export const COUNTER = 1

/**
 * What a spawned thread shares with its parent: 32 bytes. First a group that counts 1 until the
 * thread has counted down, then the owner of the thread's count.
 */
export const RECORD_BYTES = 32
export const OWNER = 4
export const OWNER_PARENT = 0
export const OWNER_NOBODY = 2

/** All 16 bytes of a group. The first element is the state. */
export function stateViewOf(buffer: SharedArrayBuffer, byteOffset: number): BigInt64Array {
  return new BigInt64Array(buffer, byteOffset, 2)
}

export function viewOf(buffer: SharedArrayBuffer, byteOffset = 0, bytes = BYTES): Int32Array {
  return new Int32Array(buffer, byteOffset, bytes / Int32Array.BYTES_PER_ELEMENT)
}

/** New memory. */
export function newView(bytes: number): Int32Array {
  return viewOf(new SharedArrayBuffer(bytes), 0, bytes)
}
