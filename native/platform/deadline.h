// A point on the monotonic clock. All waits above the futex use deadlines, not
// durations: a wait that is interrupted, stopped by SIGSTOP or woken spuriously
// continues towards the same deadline.
#pragma once

#include <cstdint>

#include "system.h"

namespace futex_waitgroup {

class Deadline {
 public:
  static Deadline Never() { return Deadline(kNever); }

  // `milliseconds` from now; fractions count. Zero or less means now. Infinity,
  // or more than the clock can hold, means never. Requires: not NaN.
  static Deadline In(double milliseconds) {
    if (milliseconds <= 0) return Deadline(Now());
    // 2^62 ns, which is 146 years.
    if (milliseconds >= 4.6e12) return Never();
    return Deadline(Now() + static_cast<int64_t>(milliseconds * 1e6));
  }

  // The same in nanoseconds. Below zero means never.
  static Deadline InNanoseconds(int64_t nanoseconds) {
    const int64_t now = Now();
    if (nanoseconds < 0 || nanoseconds >= kNever - now) return Never();
    return Deadline(now + nanoseconds);
  }

  // A reading of Now(), or a sum with one.
  static Deadline At(int64_t nanoseconds) { return Deadline(nanoseconds); }

  bool never() const { return nanoseconds_ == kNever; }

  // Nanoseconds on the clock of MonotonicNow(). Requires: !never().
  int64_t nanoseconds() const { return nanoseconds_; }

  // Nanoseconds until the deadline, 0 once it has passed. Requires: !never().
  int64_t Remaining() const {
    int64_t left = nanoseconds_ - Now();
    return left > 0 ? left : 0;
  }

  bool Passed() const { return !never() && Now() >= nanoseconds_; }

  friend Deadline Earlier(Deadline a, Deadline b) {
    return a.nanoseconds_ <= b.nanoseconds_ ? a : b;
  }

  static int64_t Now() { return MonotonicNow(); }

 private:
  static constexpr int64_t kNever = INT64_MAX;
  explicit Deadline(int64_t nanoseconds) : nanoseconds_(nanoseconds) {}
  int64_t nanoseconds_;
};

}  // namespace futex_waitgroup
