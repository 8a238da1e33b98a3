#include "semaphore.h"

#include <thread>

#if defined(__x86_64__) || defined(_M_X64) || defined(__i386__) || \
    defined(_M_IX86)
#include <immintrin.h>
#endif

#include "futex.h"

namespace futex_waitgroup {

namespace {

constexpr uint64_t kOneSleeper = uint64_t{1} << 32;

// What a spin may cost: about one cross-core sleep and wake, measured as half
// the round trip of two sleeping threads on two cores (17-30 us on the machines
// we have). Then a spin that fails has at most doubled the price of the wait,
// and one that succeeds has outlasted its partner's own waking. A smaller
// budget never sees a partner that has to be woken first.
constexpr int64_t kSpinBudgetNanoseconds = 30000;

// After n failed spins in a row, the next 2^n - 1 waits sleep at once; one
// success forgets it all. 255 waits is what it takes at most to learn again
// that spinning pays.
constexpr uint32_t kMaxBackOff = 8;

// Looking at the clock costs as much as a pause or two: do it every so often.
constexpr int kPausesPerClock = 16;

// Whether spinning pays depends on where the scheduler put this thread and
// its partner, which it alone experiences; hence one record per thread.
struct SpinExperience {
  uint32_t failures = 0;
  uint32_t skip = 0;
};
thread_local SpinExperience experience;

// Process-wide because the number of processors is. 0 stands for "unknown".
bool SingleProcessor() {
  static const bool single = std::thread::hardware_concurrency() == 1;
  return single;
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

const uint32_t* Semaphore::futex_word() const {
  static_assert(sizeof(std::atomic<uint64_t>) == sizeof(uint64_t) &&
                    std::atomic<uint64_t>::is_always_lock_free,
                "the word must be plain memory");
  // The permits are the low half, which every platform that we support (all
  // little-endian; addon/module.cc checks) has at the word's own address.
  return reinterpret_cast<const uint32_t*>(word_);
}

void Semaphore::Release(uint32_t permits) const {
  const uint32_t* address = futex_word();
  // release: publishes this thread's writes to whoever takes a permit (acquire
  // in TryAcquire). acquire: orders the look at the sleepers after q of a
  // sleeper that this add follows in the word's modification order. That much
  // is enough for sleepers; seq_cst is for promise waiters (promise_table.h),
  // whose number is another word.
  uint64_t old = word_->fetch_add(permits, std::memory_order_seq_cst);
  if ((old >> 32) != 0) FutexWake(address, permits);
}

bool Semaphore::TryAcquire() const {
  // seq_cst: r of the argument in promise_table.h. For anybody else it is a
  // hint, and the exchange below does the synchronizing.
  uint64_t word = word_->load(std::memory_order_seq_cst);
  while (static_cast<uint32_t>(word) != 0) {
    // acquire: pairs with the release in Release(). Takers do not publish.
    if (word_->compare_exchange_weak(word, word - 1, std::memory_order_acquire,
                                     std::memory_order_relaxed)) {
      return true;
    }
  }
  return false;
}

bool Semaphore::SpinAcquire(Deadline deadline) const {
  if (TryAcquire()) return true;
  if (SingleProcessor()) return false;
  SpinExperience& mine = experience;
  if (mine.skip > 0) {
    mine.skip--;
    return false;
  }
  int64_t until = Deadline::Now() + kSpinBudgetNanoseconds;
  if (!deadline.never() && deadline.nanoseconds() < until) {
    until = deadline.nanoseconds();
  }
  do {
    for (int i = 0; i < kPausesPerClock; i++) {
      SpinPause();
      if (TryAcquire()) {
        mine.failures = 0;
        return true;
      }
    }
  } while (Deadline::Now() < until);
  if (mine.failures < kMaxBackOff) mine.failures++;
  mine.skip = (1u << mine.failures) - 1;
  return false;
}

bool Semaphore::SleepAcquire(Deadline deadline) const {
  // acq_rel: q of the argument in semaphore.h.
  word_->fetch_add(kOneSleeper, std::memory_order_acq_rel);
  FutexWait(futex_word(), 0, deadline);
  // relaxed: too many sleepers only cost a wake call that reaches nobody.
  word_->fetch_sub(kOneSleeper, std::memory_order_relaxed);
  // After every return: a wake may be meant for this thread, a time-out may
  // have crossed with one, and nobody repeats it.
  return TryAcquire();
}

}  // namespace futex_waitgroup
