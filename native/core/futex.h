// The operating system's address wait: sleep while a 32-bit word in memory
// holds a value, wake the threads that sleep on an address.
//
// This header is the whole contract. One file per operating system implements
// it (futex_linux.cc, futex_windows.cc, futex_macos.cc), binding.gyp picks the
// file, and nothing above knows which one it is. The waits are private to the
// process: threads that share memory across processes do not meet here.
#ifndef FUTEX_WAITGROUP_FUTEX_H_
#define FUTEX_WAITGROUP_FUTEX_H_

#include <cstdint>

#include "deadline.h"

namespace futex_waitgroup {

// Blocks the calling thread while `*word == expected`, until a FutexWake() on
// the same address, until `deadline`, or for no reason at all: a return says
// nothing, the caller looks at its own state and at its own clock.
//
// Requires: `word` is aligned to 4 bytes and stays readable during the call.
// Guarantees: the comparison and the falling asleep are one step with respect
// to FutexWake(): a thread that changes the word and then wakes either makes
// the comparison fail or finds this thread asleep.
// Memory ordering: none of its own; pair it with atomic operations on `word`.
void FutexWait(const uint32_t* word, uint32_t expected, Deadline deadline);

// Wakes at least min(count, sleepers) of the threads asleep on `word`, as far
// as the system has a way to say so: Windows has one and all only, so `count`
// is a lower bound. Never reads the memory: only the address counts, and it
// may have been freed already.
// Requires: count > 0. (Linux takes a signed number, and wakes a single thread
// where it is negative; the clamp is below this line.)
void FutexWake(const uint32_t* word, uint32_t count);

}  // namespace futex_waitgroup

#endif  // FUTEX_WAITGROUP_FUTEX_H_
