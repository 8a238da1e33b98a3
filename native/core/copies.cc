#include "copies.h"

#include <mutex>

#include "mutex.h"
#include "promise_table.h"

namespace futex_waitgroup {

extern "C" {
FUTEX_WAITGROUP_EXPORT Copy futex_waitgroup_copy;
}
Copy* const kThisCopy = &futex_waitgroup_copy;

namespace {

bool AreCompatible(const CopyHeader& a, const CopyHeader& b) {
  return a.version == b.version && a.size >= kCopyMinSize &&
         b.size >= kCopyMinSize;
}

// Null before this copy has joined.
Copy* Head() {
  // acquire: pairs with the store in AgreeOnHead(), which happens before every
  // call from an environment: each environment calls JoinCopies() first.
  return reinterpret_cast<Copy*>(
      kThisCopy->header.head.load(std::memory_order_acquire));
}

}  // namespace

void WakeInThisCopy(const void* address) {
  PromiseTable::Wake(static_cast<const std::atomic<uint64_t>*>(address));
}

Joined JoinCopies(std::string* other) {
  // Process-wide because a module joins once, for all its environments.
  static Mutex mutex;
  static bool joined = false;
  std::lock_guard<Mutex> lock(mutex);
  if (joined) return Joined::kYes;

  Copy* self = kThisCopy;
  if (!PinModule(self)) return Joined::kRefused;
  CopyHeader* chosen = AgreeOnHead(&self->header);
  if (chosen == nullptr) return Joined::kRefused;
  // Every copy on the list is compatible with the head, hence with all others.
  if (!AreCompatible(self->header, *chosen)) {
    *other = ModulePath(chosen);
    // relaxed: this copy fails to load, so no wake goes through it.
    self->header.head.store(nullptr, std::memory_order_relaxed);
    return Joined::kIncompatible;
  }
  auto* head = reinterpret_cast<Copy*>(chosen);
  if (head != self) {
    // relaxed: the exchange below decides, and publishes self->next.
    Copy* first = head->next.load(std::memory_order_relaxed);
    do {
      self->next.store(first, std::memory_order_relaxed);
      // seq_cst: j of the argument in copies.h.
    } while (!head->next.compare_exchange_weak(
        first, self, std::memory_order_seq_cst, std::memory_order_relaxed));
  }
  joined = true;
  return Joined::kYes;
}

void WakePromiseWaiters(const std::atomic<uint64_t>* address) {
  Copy* copy = Head();
  if (copy == nullptr) {
    PromiseTable::Wake(address);
    return;
  }
  do {
    copy->wake(address);
    // seq_cst: w of the argument in copies.h.
    copy = copy->next.load(std::memory_order_seq_cst);
  } while (copy != nullptr);
}

uint32_t RetainedInAllCopies() {
  Copy* copy = Head();
  if (copy == nullptr) copy = kThisCopy;
  uint32_t sum = 0;
  for (; copy != nullptr; copy = copy->next.load(std::memory_order_acquire)) {
    // acquire: pairs with the release of the thread that decremented it.
    sum += copy->retained.load(std::memory_order_acquire);
  }
  return sum;
}

}  // namespace futex_waitgroup
