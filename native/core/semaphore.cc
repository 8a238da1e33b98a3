#include "semaphore.h"

#include "../platform/futex.h"

namespace futex_waitgroup {

namespace {

constexpr uint64_t kOneSleeper = uint64_t{1} << 32;

}  // namespace

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
