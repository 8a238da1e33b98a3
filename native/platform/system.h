// The operating system's clock, processors, scheduler and files. The C++
// standard library has most of these, but in its run-time library, which the
// prebuilt binaries do without.
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

// Whether a write to an open file waits. On Windows always true.
bool IsBlocking(int file);

}  // namespace futex_waitgroup
