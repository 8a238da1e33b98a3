// The operating system's address wait: a thread sleeps while a 32-bit word in
// memory has a value, and is woken through the address of that word.
//
// This header is the whole contract. Each operating system implements it in one
// file, futex_<system>.cc, which is empty on all others. The waits are private
// to the process: a wake never reaches a thread of another process.
#pragma once

#include <cstdint>

#include "deadline.h"

#if !defined(__linux__) && !defined(__APPLE__) && !defined(_WIN32)
#error "futex-waitgroup needs a futex_<system>.cc for this operating system"
#endif

namespace futex_waitgroup {

// Blocks the calling thread while `*word == expected`: until a FutexWake() on
// the same address, until `deadline`, or until a spurious wake. The return does
// not say which. The caller checks its own state and its own clock.
//
// Requires: `word` is aligned to 4 bytes and stays readable during the call.
// Guarantees: comparing and falling asleep are one step with respect to
// FutexWake(). A thread that changes the word and then wakes either makes the
// comparison fail or finds this thread asleep.
// Memory ordering: none. Pair it with atomic operations on `word`.
void FutexWait(const uint32_t* word, uint32_t expected, Deadline deadline);

// Wakes `count` of the threads that sleep on `word`, or all if there are fewer.
// May wake more: Windows and macOS can wake one thread or all. Never reads the
// memory, which may have been freed already.
// Requires: count > 0. All 32-bit values are fine.
void FutexWake(const uint32_t* word, uint32_t count);

}  // namespace futex_waitgroup
