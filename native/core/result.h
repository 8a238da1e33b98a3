#pragma once

#include <cstdint>

namespace futex_waitgroup {

// How an operation on a group ended. lib/binding/result.ts has the negatives of
// these numbers; lib/binding/addon.ts compares them when it loads the addon.
enum class Result : int32_t {
  kOk = 0,
  // Waits only: the deadline passed. The waiter is no longer counted.
  kTimedOut = 1,
  // Waits only: the wait was stopped. The waiter is no longer counted.
  kInterrupted = 2,
  // Go's three panics. Nothing is rolled back: the state is what Go leaves.
  kNegativeCounter = 3,
  kMisuse = 4,
  kReused = 5,
};

}  // namespace futex_waitgroup
