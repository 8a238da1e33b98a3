// Promise waiters: waiters without a parked thread. Each belongs to the event
// loop of one environment. A release finds them in a table, by the address of
// the group's semaphore, and notifies their loops. The table is this module's;
// copies.h connects it to those of other copies. No Node in it: a LoopQueue
// stands for the loop.
//
// A promise waiter is counted in the state and released by a permit, as a
// blocked waiter is. It only learns of the permit in another way:
//
//   T1 (WaitGroup::FinishAdd)             T2 (RegisterUnlessPermit)
//   a: adds the permits                   p: increments `registered`
//   b: if `registered` is 0: done         q: locks the shard
//   c: locks the shard                    r: looks for a permit, finds none
//   d: moves the address's waiters to     s: inserts its waiter
//      their LoopQueues                   t: unlocks
//   e: unlocks
//
// No wake is lost. a, b, p and r are seq_cst, so they have one order. Either a
// is before r, and r finds the permit. Or p is before b, and T1 goes on to c;
// then the lock orders q-t and c-e: if q-t is first, d finds the waiter; if c-e
// is first, a was before r after all. (Three changes would lose wakes: looking
// before registering, waking before adding the permits, and incrementing after
// the look.)
//
// A wake may be spurious: if a release reaches c-e late, the group may already
// be in use again, legally, and d then moves waiters of the next generation. A
// waiter that finds no permit registers again, which looks again.
//
// Ownership: a waiter is in the table (guarded by the shard's lock), or in its
// LoopQueue (guarded by that queue's lock), or in neither (its own thread's).
// It moves from the table to the queue under both locks, the shard's first. No
// thread locks a shard while it holds a queue's lock.
#pragma once

#include <cstdint>
#include <mutex>
#include <vector>

#include "layout.h"

namespace futex_waitgroup {

class LoopQueue;

// One promise waiter. Its environment allocates it and frees it, on its own
// thread and only while it is in no list.
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

// A doubly linked list through the waiters themselves. Not locked.
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
// waiter in the table, while it holds that waiter's shard. So once Close() has
// removed the waiters and locked each shard once, no release can reach the
// queue, and it may be destroyed.
class LoopQueue {
 public:
  virtual ~LoopQueue() = default;

  // Empties the queue and returns what was in it. The next waiter that is
  // queued causes a Notify() again. Its own thread only.
  PromiseWaiterList Take();

  // The loop is ending. Afterwards there is no Notify(), and none of `waiters`
  // is in the table or in the queue. `waiters`: all of this queue's waiters;
  // null entries are ignored. Its own thread only.
  void Close(const std::vector<PromiseWaiter*>& waiters);

 protected:
  // Makes the loop call Take() soon. Called on any thread, under the lock, once
  // for all waiters that are queued until Take(). Must not block.
  virtual void Notify() = 0;

 private:
  friend class PromiseTable;

  std::mutex mutex_;
  PromiseWaiterList queue_;
  bool open_ = true;
  bool notified_ = false;
};

// One for all environments of this module, since a group may be used in several
// of them. Never destroyed: workers may outlive static destructors.
class PromiseTable {
 public:
  // Registers the waiter and returns false, unless there is a permit: then
  // takes the permit and returns true.
  // Requires: the waiter is counted in the state, and is in no list.
  static bool RegisterUnlessPermit(PromiseWaiter* waiter);

  // Removes the waiter from the table or its queue. Its own thread only.
  static void Unregister(PromiseWaiter* waiter);

  // Moves the waiters of `address` in this table to their queues. Uses only the
  // address; the memory may have been freed. Any thread, after the permits were
  // added. A release calls WakePromiseWaiters() of copies.h instead, which
  // includes this table.
  static void Wake(const std::atomic<uint64_t>* address);

 private:
  friend class LoopQueue;
  struct Shard;
  static Shard* Shards();
  static Shard& ShardOf(const std::atomic<uint64_t>* address);
};

}  // namespace futex_waitgroup
