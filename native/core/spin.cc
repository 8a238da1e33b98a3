#include "spin.h"

#if defined(__x86_64__) || defined(_M_X64) || defined(__i386__) || \
    defined(_M_IX86)
#include <immintrin.h>
#endif

#include "../platform/system.h"

namespace futex_waitgroup {

namespace {

// The time of one sleep and wake across cores: half a round trip between two
// sleeping threads, measured as 17 to 30 us. So a failed spin at most doubles
// the cost of the wait. With a smaller budget, the spin ends before a partner
// that is just waking up can release.
constexpr int64_t kSpinBudgetNanoseconds = 30000;

// After n failed spins in a row, the next 2^n - 1 waits sleep at once. One
// success resets n. So a thread spins again after 255 waits at most.
constexpr uint32_t kMaxBackOff = 8;

// Pauses between two readings of the clock. One reading takes 1 to 2 pauses.
constexpr int kPausesPerClock = 16;

// Per thread, because success depends on which processors the scheduler gave
// this thread and its partner.
struct SpinExperience {
  uint32_t failures = 0;
  uint32_t skip = 0;
};
thread_local SpinExperience experience;

bool SingleProcessor() {
  constexpr unsigned kNotAsked = ~0u;
  static std::atomic<unsigned> count{kNotAsked};
  // relaxed: threads that ask at once store the same number.
  if (count.load(std::memory_order_relaxed) == kNotAsked) {
    count.store(ProcessorCount(), std::memory_order_relaxed);
  }
  return count.load(std::memory_order_relaxed) == 1;
}

bool UpperHalfIsZero(const Word& word) {
  return word.load(std::memory_order_acquire) >> 32 == 0;
}

}  // namespace

void SpinPause() {
#if defined(__x86_64__) || defined(_M_X64) || defined(__i386__) || \
    defined(_M_IX86)
  _mm_pause();
#elif defined(__aarch64__) || defined(__arm__)
  __asm__ __volatile__("yield" ::: "memory");
#elif defined(_M_ARM64)
  __yield();
#endif
}

bool SpinUntilUpperHalfIsZero(const Word& word, Deadline deadline) {
  if (UpperHalfIsZero(word)) return true;
  if (SingleProcessor()) return false;
  SpinExperience& spin = experience;
  if (spin.skip > 0) {
    spin.skip--;
    return false;
  }
  int64_t until = Deadline::Now() + kSpinBudgetNanoseconds;
  if (!deadline.never() && deadline.nanoseconds() < until) {
    until = deadline.nanoseconds();
  }
  do {
    for (int i = 0; i < kPausesPerClock; i++) {
      SpinPause();
      if (UpperHalfIsZero(word)) {
        spin.failures = 0;
        return true;
      }
    }
  } while (Deadline::Now() < until);
  if (spin.failures < kMaxBackOff) spin.failures++;
  spin.skip = (1u << spin.failures) - 1;
  return false;
}

}  // namespace futex_waitgroup
