// A mutex on the futex. std::mutex is in the C++ run-time library, which the
// prebuilt binaries do without. It works with std::lock_guard.
#pragma once

#include <atomic>
#include <cstdint>

namespace futex_waitgroup {

class Mutex {
 public:
  constexpr Mutex() = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  void lock() {
    uint32_t state = kFree;
    // acquire: pairs with the release in unlock().
    if (!state_.compare_exchange_strong(state, kLocked,
                                        std::memory_order_acquire,
                                        std::memory_order_relaxed)) {
      LockSlowly();
    }
  }

  // Uses only the address once the mutex is free: the next owner may free the
  // memory.
  void unlock() {
    // release: pairs with the acquires of lock().
    if (state_.exchange(kFree, std::memory_order_release) == kContended) {
      WakeOne();
    }
  }

 private:
  enum : uint32_t {
    kFree,
    kLocked,
    // A thread sleeps, or is about to.
    kContended,
  };

  void LockSlowly();
  void WakeOne() const;

  std::atomic<uint32_t> state_{kFree};
};

}  // namespace futex_waitgroup
