// Linux: futex(2), FUTEX_WAIT_BITSET and FUTEX_WAKE, private to the process.
// The bitset form is FUTEX_WAIT with an absolute deadline on CLOCK_MONOTONIC,
// the clock of MonotonicNow().
#ifdef __linux__

#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "futex.h"

namespace futex_waitgroup {

namespace {

// A 32-bit time_t would need futex_time64 and another timespec.
static_assert(sizeof(time_t) == 8 && sizeof(long) == 8,
              "64-bit Linux only: the timespec below is the kernel's own");

[[noreturn]] void Die(const char* call, int error) {
  std::fprintf(stderr, "futex-waitgroup: %s: %s\n", call, std::strerror(error));
  std::abort();
}

}  // namespace

void FutexWait(const uint32_t* word, uint32_t expected, Deadline deadline) {
  timespec until;
  const timespec* timeout = nullptr;
  if (!deadline.never()) {
    until.tv_sec = static_cast<time_t>(deadline.nanoseconds() / 1000000000);
    until.tv_nsec = static_cast<long>(deadline.nanoseconds() % 1000000000);
    timeout = &until;
  }
  if (syscall(SYS_futex, word, FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG, expected,
              timeout, nullptr, FUTEX_BITSET_MATCH_ANY) == 0) {
    return;
  }
  switch (errno) {
    case EAGAIN:     // *word != expected
    case EINTR:      // a signal, or a spurious wake
    case ETIMEDOUT:  // the deadline
      return;
    default:  // EFAULT, EINVAL: a bug here. ENOSYS: a kernel without futexes.
      Die("FUTEX_WAIT_BITSET", errno);
  }
}

void FutexWake(const uint32_t* word, uint32_t count) {
  int wake = count > INT_MAX ? INT_MAX : static_cast<int>(count);
  if (syscall(SYS_futex, word, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, wake, nullptr,
              nullptr, 0) >= 0) {
    return;
  }
  switch (errno) {
    // A released waiter may have freed the memory. Then no waiter of the group
    // sleeps there.
    case EFAULT:  // it is unmapped
    case EINVAL:  // it holds a priority-inheriting futex
      return;
    default:  // ENOSYS: a kernel without futexes
      Die("FUTEX_WAKE", errno);
  }
}

}  // namespace futex_waitgroup

#endif  // __linux__
