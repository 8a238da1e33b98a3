// The operating system's clock, processors and scheduler. The C++ standard
// library has all of these, but in its run-time library, which the prebuilt
// binaries do without.
#pragma once

#include <cstdint>

namespace futex_waitgroup {

// Nanoseconds on the monotonic clock: on Linux CLOCK_MONOTONIC, as for
// futex(2).
int64_t MonotonicNow();

// 0 if unknown.
unsigned ProcessorCount();

// Identifies the calling thread among those that run now.
uintptr_t CurrentThread();

// Lets another thread run.
void YieldThread();

// Sleeps for about a millisecond, or less if a signal arrives.
void SleepBriefly();

}  // namespace futex_waitgroup
