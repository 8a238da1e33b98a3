#include "mutex.h"

#include "../platform/futex.h"

namespace futex_waitgroup {

namespace {

const uint32_t* WordOf(const std::atomic<uint32_t>* state) {
  static_assert(sizeof(std::atomic<uint32_t>) == sizeof(uint32_t) &&
                    std::atomic<uint32_t>::is_always_lock_free,
                "the futex compares plain memory");
  return reinterpret_cast<const uint32_t*>(state);
}

}  // namespace

// No wake is lost. T1 unlocks while T2 finds the mutex locked and sleeps:
//
//   T1 (unlock)                    T2 (LockSlowly)
//   a: old = exchange(kFree)       p: old = exchange(kContended), not kFree
//   b: if old is kContended: wake  q: futex sleeps while it is kContended
//
// If a is before p, p finds kFree, and T2 owns the mutex. If p is before a, a
// reads kContended, since no thread takes that back, and b wakes a sleeper; if
// q is after a, it finds the word changed, or a later owner's kContended, whose
// unlock() wakes. A thread that has slept owns the mutex as kContended: others
// may sleep too, and its own unlock() wakes the next one.
void Mutex::LockSlowly() {
  // acquire: pairs with the release in unlock().
  while (state_.exchange(kContended, std::memory_order_acquire) != kFree) {
    FutexWait(WordOf(&state_), kContended, Deadline::Never());
  }
}

void Mutex::WakeOne() const { FutexWake(WordOf(&state_), 1); }

}  // namespace futex_waitgroup
