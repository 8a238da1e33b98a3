// Go's sync.WaitGroup (Go 1.20 to 1.24) in 16 bytes of shared memory, with
// waits that can also end early. Plain C++17 without Node.
//
//   futex_waitgroup::Memory memory;             // zero: a ready group
//   futex_waitgroup::WaitGroup group(&memory);
//   group.Add(2);
//   std::thread a([&] { Work(); group.Done(); });
//   std::thread b([&] { Work(); group.Done(); });
//   group.Wait();                               // both have counted down
//
// Two deliberate differences from Go: deltas have 32 bits, and the step that
// releases the waiters is a compare-and-exchange (wait_group.cc says why).
//
// Memory ordering: what thread X did before a Done(), or an Add() with a
// negative delta, happens before what thread Y does after a Wait() that this
// call lets return, whether Y slept or found the counter at zero. Built with
// -fsanitize=thread, race.h reports what breaks Go's rules for this order.
#pragma once

#include <atomic>
#include <cstdint>

#include "../platform/deadline.h"
#include "layout.h"
#include "race.h"
#include "result.h"
#include "semaphore.h"

namespace futex_waitgroup {

// A blocked wait calls should_stop(data, is_idle) at each poll, on its own
// thread. True ends the wait with kInterrupted. poll_schedule.h says when a
// wait polls, what is_idle means and what `owner` is for.
struct InterruptCheck {
  bool (*should_stop)(void* data, bool is_idle) = nullptr;
  void* data = nullptr;
  const void* owner = nullptr;
};

class WaitGroup {
 public:
  // A view of `memory`, which it does not own. Copies view the same group. The
  // memory itself must not be copied (Go's noCopy).
  explicit WaitGroup(Memory* memory) : memory_(memory), sema_(&memory->sema) {}

  // Adds `delta`, which may be negative, to the counter. If the counter becomes
  // zero, releases all waiters. The counter wraps, as Go's does.
  // Returns kOk, kNegativeCounter or kMisuse. Does not touch the memory after
  // adding the permits, since a released waiter may free it.
  Result Add(int32_t delta) const {
    const uint64_t change = uint64_t{static_cast<uint32_t>(delta)} << 32;
    race::BeforeAdd(&memory_->state, delta);
    // release: publishes what this thread did before. acquire: the call that
    // takes the counter to zero acquires what all earlier calls published, and
    // its permits, or the zero that it stores, publish that too.
    const uint64_t state =
        memory_->state.fetch_add(change, std::memory_order_acq_rel) + change;
    race::AfterAdd(&memory_->sema, delta, state);
    // The common case, inline: a native thread counts down at the price of an
    // atomic.
    if (delta < 0 && static_cast<int64_t>(state) >> 32 > 0) return Result::kOk;
    return FinishAdd(delta, state);
  }
  Result Done() const { return Add(-1); }

  // The second half of Add(), for callers that have done its atomic addition
  // themselves. Returns as Add().
  // Requires: `state` is the state that the addition of `delta` produced, and
  // the addition was acq_rel or stronger.
  Result FinishAdd(int32_t delta, uint64_t state) const;

  // Blocks until the counter is zero, the deadline passes, or `check` stops the
  // wait. If the deadline has already passed, only reads the counter.
  // Returns kOk, kTimedOut, kInterrupted or kReused.
  Result Wait(Deadline deadline = Deadline::Never(),
              InterruptCheck check = {}) const;

  // The steps of Wait(), for waits that do not block their thread: become a
  // waiter, take a permit from the semaphore, check for reuse.

  // Counts the caller as a waiter. Returns false, and counts nothing, if the
  // counter is zero.
  bool BecomeWaiter() const;

  // Call it after taking the permit. Returns kReused if the group is already in
  // use again, else kOk.
  Result CheckReuse() const;

  static constexpr int kPatience = 1000;

  // Stops counting the caller as a waiter and returns `outcome`. If the waiter
  // has already been released, takes its permit and returns kOk or kReused.
  // If the memory is corrupt, it gives up after kPatience sleeps of 1 ms.
  // `patience`: the sleeps that are left to several calls together, kPatience
  // at first: else each of thousands would sleep for a second. Requires: the
  // caller is counted, and is not registered as a promise waiter.
  Result Cancel(Result outcome, int* patience = nullptr) const;

  // Snapshots.
  int32_t counter() const;
  uint32_t waiters() const;

 private:
  Memory* memory_;
  Semaphore sema_;
};

}  // namespace futex_waitgroup
