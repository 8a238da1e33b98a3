// Go's sync.WaitGroup (Go 1.20 to 1.24, step by step) in 16 bytes of shared
// memory, with waits that can also end early. Plain C++17: no Node in it, and
// the operating system only through the futex of the semaphore.
//
//   futex_waitgroup::Memory memory;             // all zero is a ready group
//   futex_waitgroup::WaitGroup group(&memory);
//   group.Add(2);
//   std::thread a([&] { Work(); group.Done(); });
//   std::thread b([&] { Work(); group.Done(); });
//   group.Wait();                               // both have counted down
//
// Memory ordering: for any threads X and Y, what X did before a Done() (or an
// Add() with a negative delta) has happened before what Y does after a Wait()
// which that call let return, whether Y slept or found the counter at zero.
#ifndef FUTEX_WAITGROUP_WAIT_GROUP_H_
#define FUTEX_WAITGROUP_WAIT_GROUP_H_

#include <atomic>
#include <cstdint>

#include "deadline.h"
#include "layout.h"
#include "semaphore.h"

namespace futex_waitgroup {

// What a blocked wait calls every so often (kSlice), on the thread that waits.
// It returns true to go on, false to end the wait with kInterrupted.
struct Checkpoint {
  bool (*run)(void* data) = nullptr;
  void* data = nullptr;
};

class WaitGroup {
 public:
  // How long a wait sleeps at most between two checkpoints, in milliseconds.
  static constexpr double kSliceMilliseconds = 20;

  // A view of memory that lives elsewhere; copying the view is fine, copying
  // the memory is not (that is what Go's noCopy forbids).
  explicit WaitGroup(Memory* memory) : memory_(memory), sema_(&memory->sema) {}

  // Adds `delta`, which may be negative, to the counter; takes it to zero:
  // releases all waiters. The counter wraps as Go's does.
  // Returns kOk, kNegativeCounter or kMisuse. Once the counter is zero the
  // memory may be freed by whoever was waiting for that; it is not touched
  // after the permits are added.
  Result Add(int32_t delta) const;
  Result Done() const { return Add(-1); }

  // The second half of Add(), for a caller that has done the first half, the
  // atomic addition to the state, itself (lib/wait-group.ts does, at a third of
  // the cost of a call). Requires: `state` is what that addition of `delta`
  // produced, and the addition was at least acq_rel.
  Result Settle(int32_t delta, uint64_t state) const;

  // Blocks until the counter is zero, the deadline passes or `checkpoint` says
  // no. A deadline that has already passed polls, without becoming a waiter.
  // Returns kOk, kTimedOut, kInterrupted or kReused.
  Result Wait(Deadline deadline = Deadline::Never(),
              Checkpoint checkpoint = {}) const;

  // The steps of Wait() one by one, for a wait that does not block its thread
  // (addon/promises.cc): become a waiter; get a permit from the semaphore;
  // check.
  //
  // Counts the caller as a waiter. False: the counter is zero, no need to.
  bool BecomeWaiter() const;
  // The caller took its permit. kReused where the group was used again before,
  // else kOk.
  Result CheckReuse() const;
  // Stops being a waiter. `outcome` where that worked; kOk or kReused where a
  // permit was there or on its way, which it has then taken. Requires: the
  // caller is counted, and in no list where a wake could reach it.
  Result Cancel(Result outcome) const;

  // Snapshots.
  int32_t counter() const;
  uint32_t waiters() const;
  uint32_t permits() const { return sema_.permits(); }

 private:
  Memory* memory_;
  Semaphore sema_;
};

}  // namespace futex_waitgroup

#endif  // FUTEX_WAITGROUP_WAIT_GROUP_H_
