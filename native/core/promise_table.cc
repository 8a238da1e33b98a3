#include "promise_table.h"

#include <atomic>
#include <map>
#include <mutex>

#include "semaphore.h"

namespace futex_waitgroup {

namespace {

// The number of waiters that are in the table or about to be. If it is zero, a
// release takes no lock. Incremented before the waiter looks for a permit,
// decremented after it has left the table.
std::atomic<uint64_t> registered{0};

using Lock = std::lock_guard<Mutex>;

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
  Mutex mutex;
  std::map<const void*, PromiseWaiterList> waiters;
};

PromiseTable::Shard* const PromiseTable::shards = new Shard[kShards];

bool PromiseTable::TryAcquireOrRegister(PromiseWaiter* waiter) {
  Semaphore semaphore(&waiter->memory->sema);
  Shard& shard = shards[ShardOf(&waiter->memory->sema)];
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
  // relaxed: if a release reads a number that is too high, it takes the lock.
  registered.fetch_sub(1, std::memory_order_relaxed);
  return true;
}

void PromiseTable::Unregister(PromiseWaiter* waiter) {
  {
    const std::atomic<uint64_t>* address = &waiter->memory->sema;
    Shard& shard = shards[ShardOf(address)];
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
  // It is not in the table, and only this thread could insert it.
  Lock lock(waiter->queue->mutex_);
  if (waiter->place == PromiseWaiter::Place::kQueue) {
    waiter->queue->queue_.Remove(waiter);
    waiter->place = PromiseWaiter::Place::kNowhere;
  }
}

void PromiseTable::Wake(const std::atomic<uint64_t>* address) {
  // seq_cst: b of the argument in promise_table.h.
  if (registered.load(std::memory_order_seq_cst) == 0) return;
  Shard& shard = shards[ShardOf(address)];
  Lock lock(shard.mutex);
  auto entry = shard.waiters.find(address);
  if (entry == shard.waiters.end()) return;
  uint64_t woken = 0;
  LoopQueue* queue = nullptr;
  while (PromiseWaiter* waiter = entry->second.PopFront()) {
    woken++;
    if (waiter->queue != queue) {
      // Locks one queue at a time: two releases that lock two could deadlock.
      if (queue != nullptr) queue->mutex_.unlock();
      queue = waiter->queue;
      queue->mutex_.lock();
    }
    queue->queue_.PushBack(waiter);
    waiter->place = PromiseWaiter::Place::kQueue;
    if (queue->open_ && !queue->notified_) {
      queue->notified_ = true;
      queue->Notify();
    }
  }
  if (queue != nullptr) queue->mutex_.unlock();
  shard.waiters.erase(entry);
  registered.fetch_sub(woken, std::memory_order_relaxed);
}

PromiseWaiterList LoopQueue::Take() {
  Lock lock(mutex_);
  notified_ = false;
  PromiseWaiterList taken = queue_;
  queue_ = PromiseWaiterList();
  return taken;
}

void LoopQueue::Close(const std::vector<PromiseWaiter*>& waiters) {
  {
    Lock lock(mutex_);
    open_ = false;
  }
  // After unlocking: a shard's lock comes before a queue's.
  for (PromiseWaiter* waiter : waiters) {
    if (waiter != nullptr) PromiseTable::Unregister(waiter);
  }
  // A release may still be using this queue, under the lock of a shard. After
  // each shard has been locked once, none is, and none can again.
  for (size_t i = 0; i < PromiseTable::kShards; i++) {
    Lock lock(PromiseTable::shards[i].mutex);
  }
}

}  // namespace futex_waitgroup
