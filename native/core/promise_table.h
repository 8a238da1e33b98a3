// Waiters that no thread is parked for: promise waits. Each belongs to the
// event loop of one environment; a releaser finds them here, by the address of
// the semaphore, and tells their loops. Plain C++: the loop is a Dispatcher.
// The table is this module's. Where a process has more than one, a releaser
// goes through all of them (copies.h).
//
// A promise waiter counts itself in the state like any other and is woken by
// the same permits. What differs is how it learns of them:
//
//   T1 (WaitGroup::Settle)                T2 (PromiseWaiter, its own thread)
//   a: adds the permits                   p: raises the number registered
//   b: nobody registered: done            q: lock shard
//   c: lock shard                         r: looks for a permit: none
//   d: moves the address's waiters to     s: inserts itself
//      their dispatchers' queues          t: unlock
//   e: unlock
//
// No wake is lost. a, b, p and r are seq_cst, so in their one order either a is
// before r, and r finds the permit, or p is before b, and T1 goes on to c. Then
// q-t and c-e are ordered by the lock: if q-t is first, d finds the waiter; if
// c-e is first, a came before r after all. (Looking before registering,
// sweeping before adding, or raising after the look lose wakes: a model checker
// finds each in a few thousand steps.)
//
// A wake may be spurious: a releaser late with c-e can take up waiters of the
// next generation, once the group has legally been used again. A waiter that
// finds no permit registers again, which looks again.
//
// Ownership: a waiter is in the table (guarded by the shard's lock), or in its
// dispatcher's queue (guarded by the dispatcher's), or in neither (its own
// thread's alone). It moves from the first to the second under both, shard
// first; nothing takes a shard's lock while it holds a dispatcher's.
#ifndef FUTEX_WAITGROUP_PROMISE_TABLE_H_
#define FUTEX_WAITGROUP_PROMISE_TABLE_H_

#include <cstdint>
#include <mutex>
#include <vector>

#include "layout.h"

namespace futex_waitgroup {

class Dispatcher;

// One promise wait. Its environment allocates and frees it, on its own thread,
// and frees it only when it is in no list.
struct PromiseWaiter {
  PromiseWaiter(Memory* group_memory, Dispatcher* its_dispatcher)
      : memory(group_memory), dispatcher(its_dispatcher) {}

  enum class Place : uint8_t { kNowhere, kTable, kQueue };

  Memory* const memory;
  Dispatcher* const dispatcher;
  PromiseWaiter* next = nullptr;
  PromiseWaiter* previous = nullptr;
  // For the environment: which JavaScript promise this is.
  uint32_t slot = 0;
  Result result = Result::kOk;
  Place place = Place::kNowhere;
  // For the environment: it has taken its permit, `result` is what came of it.
  bool decided = false;
};

// Doubly linked through the waiters themselves. Not locked.
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

// One event loop. Releasers reach it only through a waiter in the table, and
// only while they hold that waiter's shard; so once Close() has taken its
// waiters out and has been through all the shards, nobody can, and it may be
// destroyed.
class Dispatcher {
 public:
  virtual ~Dispatcher() = default;

  // Takes the queue, and lets the next waiter cause a Notify() again. Its own
  // thread only.
  PromiseWaiterList Take();

  // The loop is going away: no more Notify() from here on, and none of
  // `waiters`, which are all that it has (or null), is in the table or the
  // queue afterwards. Its own thread only.
  void Close(const std::vector<PromiseWaiter*>& waiters);

 protected:
  // Makes the loop call Take() soon. Called on any thread, under the lock, once
  // for all the waiters that are queued until then. Must not wait.
  virtual void Notify() = 0;

 private:
  friend class PromiseTable;

  std::mutex mutex_;
  PromiseWaiterList queue_;
  bool open_ = true;
  bool notified_ = false;
};

// One for all environments of this module, since groups go from one to the
// other, and never destroyed: a worker may still run when static destructors
// do.
class PromiseTable {
 public:
  // Registers the waiter, unless a permit is there: then it takes that and
  // returns true. Requires: the waiter is counted in the state, and nowhere.
  static bool RegisterUnlessPermit(PromiseWaiter* waiter);

  // Takes the waiter out of whatever list it is in. Its own thread only.
  static void Unregister(PromiseWaiter* waiter);

  // Hands the waiters on `address` in this table to their dispatchers. Only
  // the address counts; the memory may be gone. Call it after the permits were
  // added. A releaser calls SweepAllCopies() instead.
  static void Sweep(const std::atomic<uint64_t>* address);

 private:
  friend class Dispatcher;
  struct Shard;
  static Shard* Shards();
  static Shard& ShardOf(const std::atomic<uint64_t>* address);
};

}  // namespace futex_waitgroup

#endif  // FUTEX_WAITGROUP_PROMISE_TABLE_H_
