// Promise waiters: waiters without a parked thread. Each belongs to the event
// loop of one environment. A release finds them in a table, by the address of
// the group's semaphore, and notifies their loops. Each module has its own
// table; copies.h connects them. This code does not use Node: a LoopQueue
// represents the loop.
//
// Like a blocked waiter, a promise waiter is counted in the state and released
// by a permit. Only the notification differs:
//
//   T1 (WaitGroup::FinishAdd)             T2 (TryAcquireOrRegister)
//   a: adds the permits                   p: increments `registered`
//   b: if `registered` is 0: done         q: locks the shard
//   c: locks the shard                    r: looks for a permit, finds none
//   d: moves the address's waiters to     s: inserts its waiter
//      their LoopQueues                   t: unlocks
//   e: unlocks
//
// No wake is lost. a, b, p and r are seq_cst, so they have one order. Either a
// is before r, and r finds the permit. Or p is before b, and T1 continues with
// c; then the lock orders q-t and c-e: if q-t is first, d finds the waiter; if
// c-e is first, a is before r, and r finds the permit. (Three changes would
// lose wakes: d before a, r before q, and p after r.)
//
// A wake may be spurious: if a release reaches c-e late, the group may already
// be in use again, legally, and d moves waiters of the next generation. A woken
// waiter that finds no permit registers again, which looks again.
//
// Ownership: a waiter is in the table (guarded by the shard's lock), in its
// LoopQueue (guarded by that queue's lock), or in neither (used by its own
// thread only). It moves from the table to the queue under both locks, the
// shard's first. No thread locks a shard while it holds a queue's lock.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "layout.h"
#include "mutex.h"

namespace futex_waitgroup {

class LoopQueue;

// One promise waiter. Its environment allocates and frees it, on its own thread
// and only while it is in neither the table nor its queue.
struct PromiseWaiter {
  PromiseWaiter(Memory* group_memory, LoopQueue* loop_queue)
      : memory(group_memory), queue(loop_queue) {}

  enum class Place : uint8_t { kNowhere, kTable, kQueue };

  Memory* const memory;
  LoopQueue* const queue;
  PromiseWaiter* next = nullptr;
  PromiseWaiter* previous = nullptr;
  Place place = Place::kNowhere;
};

// An intrusive doubly linked list. The caller locks it.
class PromiseWaiterList {
 public:
  bool empty() const { return head_ == nullptr; }
  void PushBack(PromiseWaiter* waiter);
  void Remove(PromiseWaiter* waiter);
  PromiseWaiter* PopFront();

 private:
  PromiseWaiter* head_ = nullptr;
  PromiseWaiter* tail_ = nullptr;
};

// The woken waiters of one event loop. A release reaches a queue only through a
// waiter in the table, while it holds the lock of that waiter's shard. After
// Close() has removed all waiters and locked each shard once, no release can
// reach the queue, and it may be destroyed.
class LoopQueue {
 public:
  virtual ~LoopQueue() = default;

  // Empties the queue and returns its waiters. The next waiter to be queued
  // causes a new Notify(). Call it on the queue's own thread.
  PromiseWaiterList Take();

  // Call it when the loop ends, on its own thread. Afterwards there is no
  // Notify(), and none of `waiters` is in the table or the queue. `waiters`:
  // all waiters of this queue; null entries are ignored.
  void Close(const std::vector<PromiseWaiter*>& waiters);

 protected:
  // Makes the loop call Take() soon. Called on any thread, under the queue's
  // lock, once for all waiters queued before the next Take(). Must not block.
  virtual void Notify() = 0;

 private:
  friend class PromiseTable;

  Mutex mutex_;
  PromiseWaiterList queue_;
  bool open_ = true;
  bool notified_ = false;
};

// One for all environments of this module, because several of them may use one
// group. Never destroyed: workers may outlive static destructors.
class PromiseTable {
 public:
  // If there is a permit, takes it and returns true. Else registers the waiter
  // and returns false.
  // Requires: the waiter is counted in the state, and its place is kNowhere.
  static bool TryAcquireOrRegister(PromiseWaiter* waiter);

  // Removes the waiter from the table or its queue, on the waiter's own thread.
  static void Unregister(PromiseWaiter* waiter);

  // Moves the waiters of `address` in this table to their queues. Uses only the
  // address; the memory may have been freed. Call it on any thread, after
  // adding the permits. A release calls WakePromiseWaiters() of copies.h
  // instead, which includes this table.
  static void Wake(const std::atomic<uint64_t>* address);

  // The waiters of an address are in one of kShards parts of the table, each
  // with a lock of its own. ShardOf() returns the part's number.
  static constexpr size_t kShards = 64;
  static size_t ShardOf(const std::atomic<uint64_t>* address) {
    // Groups are 16 bytes apart in a buffer: drop the low four bits.
    const uint64_t bits = reinterpret_cast<uintptr_t>(address) >> 4;
    return (bits * 0x9E3779B97F4A7C15u) >> 58;  // six bits
  }

 private:
  friend class LoopQueue;
  struct Shard;
  static Shard* const shards;
};

}  // namespace futex_waitgroup
