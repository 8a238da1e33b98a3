#include "copies.h"

#include <mutex>

#include "pin.h"
#include "promise_table.h"

namespace futex_waitgroup {

namespace {

bool FitTogether(const Copy* a, const Copy* b) {
  return a->version == b->version && a->size >= kCopyLeastSize &&
         b->size >= kCopyLeastSize;
}

}  // namespace

void SweepThisCopy(const void* address) {
  PromiseTable::Sweep(static_cast<const std::atomic<uint64_t>*>(address));
}

Joined JoinCopies(std::string* other) {
  // Process-wide because a module joins once, for all its environments.
  static std::mutex mutex;
  static bool joined = false;
  std::lock_guard<std::mutex> lock(mutex);
  if (joined) return Joined::kYes;

  Copy* self = kThisCopy;
  if (!PinModule(self)) return Joined::kRefused;
  Copy* head = AgreeOnHead();
  if (head == nullptr) return Joined::kRefused;
  // Whoever is on the list fits together with the head, hence with all.
  if (!FitTogether(self, head)) {
    *other = ModulePath(head);
    // relaxed: nobody goes through this copy.
    self->head.store(nullptr, std::memory_order_relaxed);
    return Joined::kIncompatible;
  }
  if (head != self) {
    // relaxed: the exchange decides, and publishes self->next.
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

void SweepAllCopies(const std::atomic<uint64_t>* address) {
  // acquire: pairs with the store in AgreeOnHead(). It happens before every
  // call through an environment, which has come from JoinCopies().
  Copy* copy = kThisCopy->head.load(std::memory_order_acquire);
  if (copy == nullptr) {
    PromiseTable::Sweep(address);
    return;
  }
  do {
    copy->sweep(address);
    // seq_cst: w of the argument in copies.h.
    copy = copy->next.load(std::memory_order_seq_cst);
  } while (copy != nullptr);
}

uint32_t RetainedInAllCopies() {
  Copy* copy = kThisCopy->head.load(std::memory_order_acquire);
  if (copy == nullptr) copy = kThisCopy;
  uint32_t sum = 0;
  for (; copy != nullptr; copy = copy->next.load(std::memory_order_acquire)) {
    // acquire: pairs with the release of whoever lowered it.
    sum += copy->retained.load(std::memory_order_acquire);
  }
  return sum;
}

}  // namespace futex_waitgroup
