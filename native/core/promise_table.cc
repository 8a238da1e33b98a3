#include "promise_table.h"

#include <atomic>
#include <unordered_map>

#include "semaphore.h"

namespace futex_waitgroup {

namespace {

constexpr size_t kShards = 64;

// How many waiters are in the table, or about to be: zero lets a releaser that
// only woke threads pass by without a lock. Raised before the waiter looks for
// a permit, lowered when it has left the table.
std::atomic<uint64_t> registered{0};

using Lock = std::lock_guard<std::mutex>;

}  // namespace

void PromiseWaiterList::PushBack(PromiseWaiter* waiter) {
  waiter->next = nullptr;
  waiter->previous = tail_;
  (tail_ == nullptr ? head_ : tail_->next) = waiter;
  tail_ = waiter;
}

void PromiseWaiterList::Remove(PromiseWaiter* waiter) {
  (waiter->previous == nullptr ? head_ : waiter->previous->next) = waiter->next;
  (waiter->next == nullptr ? tail_ : waiter->next->previous) = waiter->previous;
  waiter->next = waiter->previous = nullptr;
}

PromiseWaiter* PromiseWaiterList::PopFront() {
  PromiseWaiter* waiter = head_;
  if (waiter != nullptr) Remove(waiter);
  return waiter;
}

struct PromiseTable::Shard {
  std::mutex mutex;
  std::unordered_map<const void*, PromiseWaiterList> waiters;
};

PromiseTable::Shard* PromiseTable::Shards() {
  static Shard* const shards = new Shard[kShards];
  return shards;
}

PromiseTable::Shard& PromiseTable::ShardOf(
    const std::atomic<uint64_t>* address) {
  // The low four bits are the same in a buffer full of groups.
  auto bits = static_cast<uint64_t>(reinterpret_cast<uintptr_t>(address)) >> 4;
  return Shards()[(bits * 0x9E3779B97F4A7C15u) >> 58];
}

bool PromiseTable::RegisterUnlessPermit(PromiseWaiter* waiter) {
  Semaphore semaphore(&waiter->memory->sema);
  Shard& shard = ShardOf(&waiter->memory->sema);
  // seq_cst: p of the argument in promise_table.h.
  registered.fetch_add(1, std::memory_order_seq_cst);
  {
    Lock lock(shard.mutex);
    if (!semaphore.TryAcquire()) {
      shard.waiters[&waiter->memory->sema].PushBack(waiter);
      waiter->place = PromiseWaiter::Place::kTable;
      return false;
    }
  }
  // relaxed: a number that is too high only costs a releaser the lock.
  registered.fetch_sub(1, std::memory_order_relaxed);
  return true;
}

void PromiseTable::Unregister(PromiseWaiter* waiter) {
  {
    const std::atomic<uint64_t>* address = &waiter->memory->sema;
    Shard& shard = ShardOf(address);
    Lock lock(shard.mutex);
    if (waiter->place == PromiseWaiter::Place::kTable) {
      auto entry = shard.waiters.find(address);
      entry->second.Remove(waiter);
      if (entry->second.empty()) shard.waiters.erase(entry);
      waiter->place = PromiseWaiter::Place::kNowhere;
      registered.fetch_sub(1, std::memory_order_relaxed);
      return;
    }
  }
  // Not in the table, where only its own thread, this one, could put it.
  Lock lock(waiter->dispatcher->mutex_);
  if (waiter->place == PromiseWaiter::Place::kQueue) {
    waiter->dispatcher->queue_.Remove(waiter);
    waiter->place = PromiseWaiter::Place::kNowhere;
  }
}

void PromiseTable::Sweep(const std::atomic<uint64_t>* address) {
  // seq_cst: b of the argument in promise_table.h.
  if (registered.load(std::memory_order_seq_cst) == 0) return;
  Shard& shard = ShardOf(address);
  Lock lock(shard.mutex);
  auto entry = shard.waiters.find(address);
  if (entry == shard.waiters.end()) return;
  uint64_t swept = 0;
  Dispatcher* dispatcher = nullptr;
  std::unique_lock<std::mutex> dispatcher_lock;
  while (PromiseWaiter* waiter = entry->second.PopFront()) {
    swept++;
    if (waiter->dispatcher != dispatcher) {
      // One at a time, or two releasers could hold one and want the other.
      if (dispatcher != nullptr) dispatcher_lock.unlock();
      dispatcher = waiter->dispatcher;
      dispatcher_lock = std::unique_lock<std::mutex>(dispatcher->mutex_);
    }
    dispatcher->queue_.PushBack(waiter);
    waiter->place = PromiseWaiter::Place::kQueue;
    if (dispatcher->open_ && !dispatcher->notified_) {
      dispatcher->notified_ = true;
      dispatcher->Notify();
    }
  }
  shard.waiters.erase(entry);
  registered.fetch_sub(swept, std::memory_order_relaxed);
}

PromiseWaiterList Dispatcher::Take() {
  Lock lock(mutex_);
  notified_ = false;
  PromiseWaiterList taken = queue_;
  queue_ = PromiseWaiterList();
  return taken;
}

void Dispatcher::Close(const std::vector<PromiseWaiter*>& waiters) {
  {
    Lock lock(mutex_);
    open_ = false;
  }
  // Without that lock: shards come before dispatchers.
  for (PromiseWaiter* waiter : waiters) {
    if (waiter != nullptr) PromiseTable::Unregister(waiter);
  }
  // A releaser that moved one of them to the queue may still be in its shard,
  // with this dispatcher in its hands. Nobody can come after it.
  PromiseTable::Shard* shards = PromiseTable::Shards();
  for (size_t i = 0; i < kShards; i++) {
    Lock lock(shards[i].mutex);
  }
}

}  // namespace futex_waitgroup
