// macOS: os_sync_wait_on_address* (14.4 and later), else __ulock_wait2 (11.0
// and later). One binary serves both: it looks the functions up by name, once
// per process. It never mixes the two families: a wake of one may not reach a
// thread that sleeps through the other.
#ifdef __APPLE__

#include <dlfcn.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "futex.h"

namespace futex_waitgroup {

namespace {

// From <os/os_sync_wait_on_address.h>, which older SDKs lack.
using SyncWait = int (*)(void* address, uint64_t value, size_t size,
                         uint32_t flags);
using SyncWaitWithTimeout = int (*)(void* address, uint64_t value, size_t size,
                                    uint32_t flags, uint32_t clock,
                                    uint64_t nanoseconds);
using SyncWake = int (*)(void* address, size_t size, uint32_t flags);
constexpr uint32_t kSyncFlagsNone = 0;
constexpr uint32_t kClockMachAbsoluteTime = 32;

// From bsd/sys/ulock.h of XNU; no SDK has it.
using UlockWait2 = int (*)(uint32_t operation, void* address, uint64_t value,
                           uint64_t nanoseconds, uint64_t value2);
using UlockWake = int (*)(uint32_t operation, void* address, uint64_t thread);
constexpr uint32_t kUlockCompareAndWait = 1;
constexpr uint32_t kUlockWakeAll = 0x100;

template <typename Function>
Function Find(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_DEFAULT, name));
}

struct System {
  SyncWait sync_wait = Find<SyncWait>("os_sync_wait_on_address");
  SyncWaitWithTimeout sync_wait_with_timeout =
      Find<SyncWaitWithTimeout>("os_sync_wait_on_address_with_timeout");
  SyncWake sync_wake_any = Find<SyncWake>("os_sync_wake_by_address_any");
  SyncWake sync_wake_all = Find<SyncWake>("os_sync_wake_by_address_all");
  UlockWait2 ulock_wait2 = Find<UlockWait2>("__ulock_wait2");
  UlockWake ulock_wake = Find<UlockWake>("__ulock_wake");
  bool has_sync = sync_wait != nullptr && sync_wait_with_timeout != nullptr &&
                  sync_wake_any != nullptr && sync_wake_all != nullptr;
  bool has_ulock = ulock_wait2 != nullptr && ulock_wake != nullptr;
};

[[noreturn]] void Die(const char* call, int error) {
  std::fprintf(stderr, "futex-waitgroup: %s: %s\n", call, std::strerror(error));
  std::abort();
}

// Process-wide because the choice depends on the system alone.
const System system;

const System& TheSystem() {
  if (!system.has_sync && !system.has_ulock) {
    Die("no address wait in this macOS", ENOSYS);
  }
  return system;
}

// Checks what a call returned. The os_sync family sets errno; the ulock family
// may return the negative errno instead.
void Check(const char* call, int result) {
  if (result >= 0) return;
  int error = result == -1 ? errno : -result;
  switch (error) {
    case EAGAIN:     // the word had changed
    case EINTR:      // a signal
    case ETIMEDOUT:  // the deadline
    case ENOMEM:     // a wait, documented: the kernel is out of memory
    case EFAULT:     // a wait, documented: the page is swapped out; a wake: the
                     // memory was freed
    case ENOENT:     // a wake: no thread sleeps there
      return;
    default:
      Die(call, error);
  }
}

}  // namespace

void FutexWait(const uint32_t* word, uint32_t expected, Deadline deadline) {
  const System& system = TheSystem();
  void* address = const_cast<uint32_t*>(word);
  // 0 means no time-out to the ulock calls, and is an error for os_sync.
  uint64_t left = 0;
  if (!deadline.never()) {
    left = static_cast<uint64_t>(deadline.Remaining());
    if (left == 0) return;
  }
  if (system.has_sync) {
    if (deadline.never()) {
      Check("os_sync_wait_on_address",
            system.sync_wait(address, expected, 4, kSyncFlagsNone));
    } else {
      Check("os_sync_wait_on_address_with_timeout",
            system.sync_wait_with_timeout(address, expected, 4, kSyncFlagsNone,
                                          kClockMachAbsoluteTime, left));
    }
    return;
  }
  Check("__ulock_wait2",
        system.ulock_wait2(kUlockCompareAndWait, address, expected, left, 0));
}

void FutexWake(const uint32_t* word, uint32_t count) {
  const System& system = TheSystem();
  void* address = const_cast<uint32_t*>(word);
  if (system.has_sync) {
    SyncWake wake = count == 1 ? system.sync_wake_any : system.sync_wake_all;
    Check("os_sync_wake_by_address", wake(address, 4, kSyncFlagsNone));
    return;
  }
  uint32_t operation = kUlockCompareAndWait | (count == 1 ? 0 : kUlockWakeAll);
  Check("__ulock_wake", system.ulock_wake(operation, address, 0));
}

}  // namespace futex_waitgroup

#endif  // __APPLE__
