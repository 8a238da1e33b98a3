#include "wait_group.h"

#include "../platform/system.h"
#include "copies.h"
#include "poll_schedule.h"
#include "spin.h"

namespace futex_waitgroup {

namespace {

constexpr int32_t CounterOf(uint64_t state) {
  return static_cast<int32_t>(state >> 32);
}
constexpr uint32_t WaitersOf(uint64_t state) {
  return static_cast<uint32_t>(state);
}

// How long Cancel() waits for a permit that is about to be added. It yields
// only if the releasing thread was preempted between two instructions, and
// gives up only if that thread starves for seconds or the memory is corrupt.
// Counted in tries, not by a clock: the process may be stopped meanwhile.
constexpr int kCancelPauses = 100;
constexpr int kCancelYields = 1000;

}  // namespace

// Go compares the state and then stores 0. This code does both in one step. Its
// outcomes are a subset of Go's. With the store, a misuse in state (0, w),
// between the two steps of the last Done() (T1), corrupts the group:
//   - T2's Add(1) panics, a waiter cancels, T1 stores 0 and adds w permits: one
//     permit is left over, and a later wait returns too early;
//   - T2's Add(1) panics, T3 begins to wait, T1 stores 0: T3 is no longer
//     counted and sleeps for ever (Go has this one too);
//   - T2 does Add(1) and Done(), or Add(0): both release w permits (Go too).
// With the exchange, T1 panics in all three, and the waiters stay counted.
// test/model/wait_group.pml checks that in every order of steps.
Result WaitGroup::FinishAdd(int32_t delta, uint64_t state) const {
  int32_t counter = CounterOf(state);
  uint32_t waiters = WaitersOf(state);
  if (counter < 0) return Result::kNegativeCounter;
  if (waiters != 0 && delta > 0 && counter == delta) return Result::kMisuse;
  if (counter > 0 || waiters == 0) return Result::kOk;

  // (0, w): this call took the counter to zero, and there are waiters. Changing
  // the state now is a misuse: either this exchange fails, or the other
  // thread's check above. release: pairs with a Wait() that reads this 0 and
  // returns without a permit.
  if (!memory_->state.compare_exchange_strong(
          state, 0, std::memory_order_release, std::memory_order_relaxed)) {
    return Result::kMisuse;
  }
  // After Release(), use only the address: a waiter may free the memory.
  const std::atomic<uint64_t>* address = &memory_->sema;
  sema_.Release(waiters);
  WakePromiseWaiters(address);
  return Result::kOk;
}

bool WaitGroup::BecomeWaiter() const {
  // acquire: pairs with the releases in Add(), for a return without a permit.
  uint64_t state = memory_->state.load(std::memory_order_acquire);
  do {
    // The waiters do not matter here: the state may be (0, w).
    if (CounterOf(state) == 0) {
      race::FoundZero(&memory_->state);
      return false;
    }
    // acquire: on failure this is a load like the one above. Waiting publishes
    // nothing, and the permit synchronizes.
  } while (!memory_->state.compare_exchange_weak(
      state, state + 1, std::memory_order_acquire, std::memory_order_acquire));
  race::Counted(&memory_->sema, WaitersOf(state));
  return true;
}

Result WaitGroup::CheckReuse() const {
  // acquire: pairs with the release in Add(), for the case that the group was
  // used again and has reached zero again.
  const uint64_t state = memory_->state.load(std::memory_order_acquire);
  race::FoundZero(&memory_->state);
  return state == 0 ? Result::kOk : Result::kReused;
}

Result WaitGroup::Cancel(Result outcome, int* patience) const {
  race::BeforeCancel(&memory_->sema);
  int own_patience = kPatience;
  if (patience == nullptr) patience = &own_patience;
  for (int tries = 1;; tries++) {
    if (sema_.TryAcquire()) {
      // Patience was worth it.
      if (tries > kCancelPauses) *patience = kPatience;
      return CheckReuse();
    }
    // relaxed, as the exchange: a cancelled wait synchronizes with nothing.
    uint64_t state = memory_->state.load(std::memory_order_relaxed);
    // Without the check of the waiters, (1, 0) - 1 would be (0, 2^32 - 1).
    if (CounterOf(state) != 0 && WaitersOf(state) != 0) {
      if (memory_->state.compare_exchange_weak(state, state - 1,
                                               std::memory_order_relaxed,
                                               std::memory_order_relaxed)) {
        return outcome;
      }
    }
    // A release is between its steps (0, w), or has done the first (no
    // waiters). Either way a permit for this waiter is coming. The waiter must
    // take it: else a waiter of the next generation would.
    if (tries <= kCancelPauses) {
      SpinPause();
    } else if (tries <= kCancelPauses + kCancelYields) {
      YieldThread();
    } else if (*patience > 0) {
      --*patience;
      SleepBriefly();
    } else {
      // Gives up. If the waiter is still counted, it stays counted.
      return outcome;
    }
  }
}

// A release that races with the deadline:
//
//   T1 (Add)                          T2 (Wait, then Cancel)
//   a: state (1, 1) -> (0, 1)         p: the sleep ends without a permit
//   b: state (0, 1) -> (0, 0)         q: state (1, 1) -> (1, 0): cancelled
//   c: adds one permit
//
// If q is before a, T1 sees no waiter and adds no permit. If a is before q, T2
// sees the counter at 0, or no waiters after b, and tries for the permit until
// c. In no order does T2 leave and the permit stay.
//
// A thread that spins is not yet counted as a waiter, as if it called Wait()
// only when the spin ends. So a Done() meanwhile has nobody to release, and
// costs one addition. If the counter reaches zero and is raised again between
// two looks, the spin goes on. Only a program that breaks Go's rule for reuse
// (raise the counter again after all waits have returned) can tell.
Result WaitGroup::Wait(Deadline deadline, InterruptCheck check) const {
  if (deadline.Passed()) {
    return counter() == 0 ? Result::kOk : Result::kTimedOut;
  }
  if (SpinUntilUpperHalfIsZero(memory_->state, deadline) || !BecomeWaiter()) {
    race::FoundZero(&memory_->state);
    return Result::kOk;
  }
  // The next poll has a deadline of its own: spurious wakes, or a storm of
  // signals, do not delay it.
  PollSchedule polls(sema_, check.owner);
  const auto next_poll = [&] {
    return check.should_stop == nullptr ? Deadline::Never() : polls.Next();
  };
  for (;;) {
    if (sema_.SleepAcquire(Earlier(deadline, next_poll()))) return CheckReuse();
    if (deadline.Passed()) return Cancel(Result::kTimedOut);
    if (!next_poll().Passed()) continue;
    if (check.should_stop(check.data, polls.IsIdle()))
      return Cancel(Result::kInterrupted);
    polls.OnPoll();
  }
}

int32_t WaitGroup::counter() const {
  // acquire: a caller that reads zero sees what was done before it.
  const int32_t counter =
      CounterOf(memory_->state.load(std::memory_order_acquire));
  if (counter == 0) race::FoundZero(&memory_->state);
  return counter;
}

uint32_t WaitGroup::waiters() const {
  return WaitersOf(memory_->state.load(std::memory_order_relaxed));
}

}  // namespace futex_waitgroup
