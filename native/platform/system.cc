#include "system.h"

#ifdef _WIN32
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#else
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <time.h>
#include <unistd.h>
#endif

namespace futex_waitgroup {

#ifdef _WIN32

int64_t MonotonicNow() {
  constexpr int64_t kSecond = 1000000000;
  LARGE_INTEGER count;
  LARGE_INTEGER per_second;
  // Neither can fail.
  QueryPerformanceCounter(&count);
  QueryPerformanceFrequency(&per_second);
  const int64_t seconds = count.QuadPart / per_second.QuadPart;
  const int64_t rest = count.QuadPart % per_second.QuadPart;
  return seconds * kSecond + rest * kSecond / per_second.QuadPart;
}

unsigned ProcessorCount() {
  SYSTEM_INFO info;
  GetSystemInfo(&info);
  return info.dwNumberOfProcessors;
}

uintptr_t CurrentThread() { return GetCurrentThreadId(); }

void YieldThread() { SwitchToThread(); }

void SleepBriefly() { Sleep(1); }

bool IsBlocking(int) { return true; }

#else

int64_t MonotonicNow() {
#ifdef __APPLE__
  // Its CLOCK_MONOTONIC has microseconds only.
  constexpr clockid_t kClock = CLOCK_MONOTONIC_RAW;
#else
  constexpr clockid_t kClock = CLOCK_MONOTONIC;
#endif
  timespec now;
  // Fails for unknown clocks only.
  clock_gettime(kClock, &now);
  return int64_t{now.tv_sec} * 1000000000 + now.tv_nsec;
}

unsigned ProcessorCount() {
  const long count = sysconf(_SC_NPROCESSORS_ONLN);
  return count > 0 ? static_cast<unsigned>(count) : 0;
}

// A pointer on some systems, a number on others.
uintptr_t CurrentThread() { return (uintptr_t)pthread_self(); }

void YieldThread() { sched_yield(); }

void SleepBriefly() {
  const timespec millisecond = {0, 1000000};
  nanosleep(&millisecond, nullptr);
}

bool IsBlocking(int file) {
  const int flags = fcntl(file, F_GETFL);
  // Fails for a closed file only.
  return flags == -1 || (flags & O_NONBLOCK) == 0;
}

#endif

}  // namespace futex_waitgroup
