// Schedules that hardly ever come by themselves, while `forced.enabled` is
// true. These functions take the place of core's own: the linker is told to
// (-Wl,--wrap, in test/helpers/core.ts). Include this in one file of a program.
// Without -DFORCED_SCHEDULES nothing is forced: the names that the linker needs
// are those of libstdc++ on Linux.
//
//   - a release pauses before it adds its permits, and before
//     WakePromiseWaiters();
//   - a promise waiter pauses after it has found no permit;
//   - FutexWait() returns for nothing: at once, or after a signal (EINTR);
//   - a blocked wait polls at once, or after 50 us, not after 20 ms.
#pragma once

#ifdef FORCED_SCHEDULES
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <thread>

#include "core/poll_schedule.h"
#include "core/semaphore.h"
#include "core/spin.h"
#include "core/wait_group.h"
#include "platform/deadline.h"
#include "platform/futex.h"

namespace futex_waitgroup {

#ifdef FORCED_SCHEDULES
constexpr bool kCanForce = true;
#else
constexpr bool kCanForce = false;
#endif

// Returns when this many tasks are left: at once, if a processor is free.
inline void UntilAtMost(int32_t tasks, const WaitGroup& group) {
  for (int i = 0; group.counter() > tasks; i++) {
    if (i < 1000) {
      SpinPause();
    } else {
      std::this_thread::yield();
    }
  }
}

struct Forced {
  std::atomic<bool> enabled{false};
  // Returns of FutexWait() at once, though the word had the expected value.
  std::atomic<uint64_t> spurious{0};
  // Sleeps that a signal ended.
  std::atomic<uint64_t> signals{0};
  // The thread that the next signal is for. 0: none
  std::atomic<int> sleeper{0};
  // The semaphore of a group that a thread is releasing: from its permits to
  // the end of WakePromiseWaiters(). Null: none, or not known.
  std::atomic<const void*> releasing{nullptr};

  bool IsReleasing(const Memory* memory) const {
    return releasing.load(std::memory_order_relaxed) == &memory->sema;
  }
};
inline Forced forced;

#ifdef FORCED_SCHEDULES

void RealFutexWait(const uint32_t*, uint32_t, Deadline) __asm__(
    "__real__ZN15futex_waitgroup9FutexWaitEPKjjNS_8DeadlineE");
void ForcedFutexWait(const uint32_t*, uint32_t, Deadline) __asm__(
    "__wrap__ZN15futex_waitgroup9FutexWaitEPKjjNS_8DeadlineE");
Deadline RealNext(const PollSchedule*) __asm__(
    "__real__ZNK15futex_waitgroup12PollSchedule4NextEv");
Deadline ForcedNext(const PollSchedule*) __asm__(
    "__wrap__ZNK15futex_waitgroup12PollSchedule4NextEv");

bool RealTryAcquire(const Semaphore*) __asm__(
    "__real__ZNK15futex_waitgroup9Semaphore10TryAcquireEv");
bool ForcedTryAcquire(const Semaphore*) __asm__(
    "__wrap__ZNK15futex_waitgroup9Semaphore10TryAcquireEv");
void RealRelease(const Semaphore*, uint32_t) __asm__(
    "__real__ZNK15futex_waitgroup9Semaphore7ReleaseEj");
void ForcedRelease(const Semaphore*, uint32_t) __asm__(
    "__wrap__ZNK15futex_waitgroup9Semaphore7ReleaseEj");
void RealWake(const std::atomic<uint64_t>*) __asm__(
    "__real__ZN15futex_waitgroup18WakePromiseWaitersEPKSt6atomicImE");
void ForcedWake(const std::atomic<uint64_t>*) __asm__(
    "__wrap__ZN15futex_waitgroup18WakePromiseWaitersEPKSt6atomicImE");

// The kernel's look at the word, which no sanitizer sees.
__attribute__((no_sanitize("thread"))) inline bool Has(const uint32_t* word,
                                                       uint32_t value) {
  return __atomic_load_n(word, __ATOMIC_RELAXED) == value;
}

void ForcedFutexWait(const uint32_t* word, uint32_t expected,
                     Deadline deadline) {
  if (!forced.enabled.load(std::memory_order_relaxed)) {
    return RealFutexWait(word, expected, deadline);
  }
  thread_local uint32_t calls = 0;
  if (calls++ % 4 == 0) {
    if (Has(word, expected)) {
      forced.spurious.fetch_add(1, std::memory_order_relaxed);
    }
    return;
  }
  thread_local const int self = static_cast<int>(syscall(SYS_gettid));
  forced.sleeper.store(self, std::memory_order_relaxed);
  errno = 0;
  RealFutexWait(word, expected, deadline);
  if (errno == EINTR) forced.signals.fetch_add(1, std::memory_order_relaxed);
}

Deadline ForcedNext(const PollSchedule* schedule) {
  const Deadline next = RealNext(schedule);
  if (!forced.enabled.load(std::memory_order_relaxed)) return next;
  thread_local uint32_t calls = 0;
  const int64_t interval = calls++ % 3 == 0 ? 0 : 50'000;
  return Deadline::At(next.nanoseconds() - PollSchedule::kFirstInterval +
                      interval);
}

inline void Pause() {
  for (int i = 0; i < 3; i++) std::this_thread::yield();
}

bool ForcedTryAcquire(const Semaphore* semaphore) {
  if (RealTryAcquire(semaphore)) return true;
  thread_local uint32_t calls = 0;
  if (forced.enabled.load(std::memory_order_relaxed) && calls++ % 2 == 0) {
    // Long enough for a whole release, pauses and all.
    for (int i = 0; i < 10; i++) Pause();
  }
  return false;
}

void ForcedRelease(const Semaphore* semaphore, uint32_t permits) {
  if (forced.enabled.load(std::memory_order_relaxed)) {
    // All that a Semaphore has is the address of its word.
    static_assert(sizeof(Semaphore) == sizeof(void*), "");
    const void* address = nullptr;
    std::memcpy(&address, semaphore, sizeof(address));
    forced.releasing.store(address, std::memory_order_relaxed);
    Pause();
  }
  RealRelease(semaphore, permits);
}

void ForcedWake(const std::atomic<uint64_t>* address) {
  if (forced.enabled.load(std::memory_order_relaxed)) Pause();
  RealWake(address);
  forced.releasing.store(nullptr, std::memory_order_relaxed);
}

// Sends a signal to whoever sleeps, again and again, while it exists.
class SignalStorm {
 public:
  SignalStorm() {
    struct sigaction action = {};
    action.sa_handler = [](int) {};
    sigaction(SIGUSR1, &action, nullptr);
    thread_ = std::thread([this] {
      while (!stop_.load()) {
        const int thread = forced.sleeper.exchange(0);
        if (thread != 0) syscall(SYS_tgkill, getpid(), thread, SIGUSR1);
        std::this_thread::sleep_for(std::chrono::microseconds(50));
      }
    });
  }
  ~SignalStorm() {
    stop_ = true;
    thread_.join();
  }

 private:
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

#else

class SignalStorm {
 public:
  SignalStorm() {}
  ~SignalStorm() {}
};

#endif

}  // namespace futex_waitgroup
