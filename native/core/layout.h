// The memory of a group.
#pragma once

#include <cstdint>

#include "race.h"

namespace futex_waitgroup {

// 16 bytes, aligned to 8, all zero for a new group, never moved while in use.
// Only wait_group.cc and lib/binding/state-word.ts change `state`; only
// semaphore.cc changes `sema`.
//
// state:
//   63                        32 31                         0
//  +----------------------------+----------------------------+
//  | counter (signed)           | waiters (unsigned)         |
//  +----------------------------+----------------------------+
//
//  | state  | meaning                                                    |
//  |--------|------------------------------------------------------------|
//  | (0, 0) | idle: Wait() returns at once                               |
//  | (n, 0) | n tasks are running, no waiters                            |
//  | (n, w) | n tasks are running, w waiters (n < 0: after a panic)      |
//  | (0, w) | the last Done() is between its two steps: it will set the  |
//  |        | state to (0, 0) and then add w permits                     |
//
// sema: see semaphore.h. A released waiter that has not yet taken its permit is
// not counted in `state`; its permit is in `sema`.
// A Word is a std::atomic<uint64_t> (race.h).
struct alignas(8) Memory {
  Word state{0};
  Word sema{0};
};
static_assert(sizeof(Memory) == 16, "JavaScript allocates 16 bytes");

}  // namespace futex_waitgroup
