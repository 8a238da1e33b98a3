#include "semaphore.h"

#if defined(__x86_64__) || defined(_M_X64) || defined(__i386__) || \
    defined(_M_IX86)
#include <immintrin.h>
#endif

#include "../platform/futex.h"
#include "../platform/system.h"

namespace futex_waitgroup {

namespace {

constexpr uint64_t kOneSleeper = uint64_t{1} << 32;

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
  // The permits are the low half, which little-endian machines store at the
  // word's own address. addon/module.cc refuses to load on others.
  return reinterpret_cast<const uint32_t*>(word_);
}

void Semaphore::Release(uint32_t permits) const {
  const uint32_t* address = futex_word();
  // seq_cst: as semaphore.h says. For blocked threads acq_rel would be enough:
  // release pairs with the acquire in TryAcquire(), and acquire orders the load
  // of the sleepers after q of semaphore.h.
  uint64_t old = word_->fetch_add(permits, std::memory_order_seq_cst);
  if ((old >> 32) != 0) FutexWake(address, permits);
}

bool Semaphore::TryAcquire() const {
  // seq_cst: as semaphore.h says. The exchange below synchronizes.
  uint64_t word = word_->load(std::memory_order_seq_cst);
  while (static_cast<uint32_t>(word) != 0) {
    // acquire: pairs with Release(). Taking a permit publishes nothing.
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
      if (TryAcquire()) {
        spin.failures = 0;
        return true;
      }
    }
  } while (Deadline::Now() < until);
  if (spin.failures < kMaxBackOff) spin.failures++;
  spin.skip = (1u << spin.failures) - 1;
  return false;
}

void Semaphore::WakeSleepers() const { FutexWake(futex_word(), UINT32_MAX); }

bool Semaphore::SleepAcquire(Deadline deadline) const {
  // acq_rel: q of the argument in semaphore.h.
  word_->fetch_add(kOneSleeper, std::memory_order_acq_rel);
  FutexWait(futex_word(), 0, deadline);
  // relaxed: if Release() reads a number that is too high, it makes one wake
  // call without effect.
  word_->fetch_sub(kOneSleeper, std::memory_order_relaxed);
  // Tries after every return, even at the deadline: the wake may have come
  // together with the time-out, and is not repeated.
  return TryAcquire();
}

}  // namespace futex_waitgroup
