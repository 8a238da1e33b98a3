// What a group is in memory, and the numbers that cross into JavaScript. The
// words themselves are the wait group's and the semaphore's to touch.
// lib/ has the same layout in layout.ts, and Result in native.ts.
#ifndef FUTEX_WAITGROUP_LAYOUT_H_
#define FUTEX_WAITGROUP_LAYOUT_H_

#include <atomic>
#include <cstdint>

namespace futex_waitgroup {

// How an operation ended. The numbers cross into JavaScript (lib/native.ts).
enum class Result : int32_t {
  kOk = 0,
  // Wait only: the deadline passed first. The waiter is no longer counted.
  kTimedOut = 1,
  // Wait only: the checkpoint said so. The waiter is no longer counted.
  kInterrupted = 2,
  // The three panics of Go. They roll nothing back: the state is what Go
  // leaves behind.
  kNegativeCounter = 3,
  kMisuse = 4,
  kReused = 5,
};

// The group itself: 16 bytes, aligned to 8, zero-initialised, never moved
// while anybody uses it.
//
// state:
//   63                        32 31                         0
//  +----------------------------+----------------------------+
//  | counter (signed)           | waiters (unsigned)         |
//  +----------------------------+----------------------------+
//
//  | state  | meaning                                                      |
//  |--------|--------------------------------------------------------------|
//  | (0, 0) | idle; a Wait() returns at once                               |
//  | (n, 0) | n tasks are out, nobody waits                                |
//  | (n, w) | n tasks are out (n < 0: after a panic), w waiters are counted|
//  | (0, w) | the last Done() is between its two steps: it will take the   |
//  |        | state to (0, 0) and then add w permits                       |
//
// sema: see semaphore.h. Waiters that have been released but have not taken
// their permit yet are in no state; they are the permits.
struct alignas(8) Memory {
  std::atomic<uint64_t> state{0};
  std::atomic<uint64_t> sema{0};
};
static_assert(sizeof(Memory) == 16, "a group is 16 bytes for every language");

}  // namespace futex_waitgroup

#endif  // FUTEX_WAITGROUP_LAYOUT_H_
