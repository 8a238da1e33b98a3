#include "wait_group.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "copies.h"

namespace futex_waitgroup {

namespace {

constexpr int32_t CounterOf(uint64_t state) {
  return static_cast<int32_t>(state >> 32);
}
constexpr uint32_t WaitersOf(uint64_t state) {
  return static_cast<uint32_t>(state);
}

// How patiently Cancel() waits for a permit that is on its way. The releaser
// is between two instructions, so that only a preempted one lets it come to
// the yields, and only one that is starved for seconds, or memory that
// somebody scribbled on, to the end. Tries, not a clock: a process that was
// stopped in between must not find its time used up.
constexpr int kCancelPauses = 100;
constexpr int kCancelYields = 1000;
constexpr int kCancelSleeps = 5000;  // of 1 ms

// A thread that was let down has less patience the next time, until a permit
// that it slept for does come. Else a thousand waiters on memory that somebody
// scribbled on would each take their five seconds, one after the other: promise
// waits that time out on one loop, or end with it. This way it is six in all.
constexpr int kCancelSleepsLeast = 5;
constexpr int kCancelImpatience = 8;
thread_local int cancel_sleeps = kCancelSleeps;

}  // namespace

// What Go does, but for one thing: where Go compares the state and then stores
// 0, this compares and exchanges. The outcomes are a subset of Go's, and it
// closes three ways in which a *misuse* that races those two steps corrupts
// the group for good. With the store, after the check on (0, w):
//   - T2's Add(1) panics, a waiter cancels itself, T1 stores 0 and adds w
//     permits: one is left over, and a later wait returns too early;
//   - T2's Add(1) panics, T3 begins to wait, T1 stores 0: T3 is counted
//     nowhere and sleeps for ever (Go has this one too);
//   - T2 does Add(1) and Done(), or Add(0): both pass the check, both add w
//     permits (Go too).
// With the exchange, T1 panics in all three and the waiters stay counted.
Result WaitGroup::Add(int32_t delta) const {
  uint64_t change = static_cast<uint64_t>(static_cast<uint32_t>(delta)) << 32;
  // release: publishes what this thread did before. acquire: whoever takes the
  // counter to zero continues the release sequence of all the others, so that
  // its permits, or a zero that is read, carry their writes along.
  uint64_t state =
      memory_->state.fetch_add(change, std::memory_order_acq_rel) + change;
  return Settle(delta, state);
}

Result WaitGroup::Settle(int32_t delta, uint64_t state) const {
  int32_t counter = CounterOf(state);
  uint32_t waiters = WaitersOf(state);
  if (counter < 0) return Result::kNegativeCounter;
  if (waiters != 0 && delta > 0 && counter == delta) return Result::kMisuse;
  if (counter > 0 || waiters == 0) return Result::kOk;

  // (0, w): this call took the counter to zero and there are waiters. Nobody
  // may change the state now; whoever does is told so by us, or by the check
  // above. release: a Wait() that reads this 0 returns without a permit.
  if (!memory_->state.compare_exchange_strong(
          state, 0, std::memory_order_release, std::memory_order_relaxed)) {
    return Result::kMisuse;
  }
  // Only the address from here on: whoever takes a permit may free the memory.
  const std::atomic<uint64_t>* address = &memory_->sema;
  sema_.Release(waiters);
  SweepAllCopies(address);
  return Result::kOk;
}

bool WaitGroup::BecomeWaiter() const {
  // acquire: pairs with the releases in Add(), for the return without a permit.
  uint64_t state = memory_->state.load(std::memory_order_acquire);
  do {
    // At zero there is no further check: the state may well be (0, w).
    if (CounterOf(state) == 0) return false;
    // Nothing is published by waiting, and a permit synchronizes: acquire only
    // because a failure is a load like the one above.
  } while (!memory_->state.compare_exchange_weak(
      state, state + 1, std::memory_order_acquire, std::memory_order_acquire));
  return true;
}

Result WaitGroup::CheckReuse() const {
  // acquire: where this is zero and stays the last word on this generation,
  // nothing else needs ordering; where it is not, the caller is told.
  return memory_->state.load(std::memory_order_acquire) == 0 ? Result::kOk
                                                             : Result::kReused;
}

Result WaitGroup::Cancel(Result outcome) const {
  int tries = 0;
  for (;;) {
    if (sema_.TryAcquire()) {
      if (tries > kCancelPauses + kCancelYields) cancel_sleeps = kCancelSleeps;
      return CheckReuse();
    }
    // relaxed: the exchange below decides; a cancelled waiter learns nothing.
    uint64_t state = memory_->state.load(std::memory_order_relaxed);
    // Without the look at the waiters, (1, 0) - 1 would be (0, 2^32 - 1).
    if (CounterOf(state) != 0 && WaitersOf(state) != 0) {
      if (memory_->state.compare_exchange_weak(state, state - 1,
                                               std::memory_order_relaxed,
                                               std::memory_order_relaxed)) {
        return outcome;
      }
    }
    // (0, w): a releaser is between its steps. No waiters: it has made them.
    // Either way a permit for this waiter is coming, and to leave without it
    // would leave it for somebody of the next generation.
    tries++;
    if (tries <= kCancelPauses) {
      SpinPause();
    } else if (tries <= kCancelPauses + kCancelYields) {
      std::this_thread::yield();
    } else if (tries <= kCancelPauses + kCancelYields + cancel_sleeps) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    } else {
      // Only on memory that was written to by force: the wait ends as it was
      // asked to, and its waiter, if it is counted at all, stays counted.
      cancel_sleeps =
          std::max(cancel_sleeps / kCancelImpatience, kCancelSleepsLeast);
      return outcome;
    }
  }
}

// A permit or a wake that crosses with the deadline. T1 releases, T2's time is
// up:
//
//   T1 (Add)                          T2 (Wait, then Cancel)
//   a: state (1, 1) -> (0, 1)         p: sleep ends, no permit
//   b: state (0, 1) -> (0, 0)         q: state (1, 1) -> (1, 0): cancelled
//   c: one permit
//
// q before a: T1 sees no waiter and adds no permit. a before q: q sees the
// counter at 0, or no waiters after b, and tries for the permit until c. There
// is no order in which T2 leaves and the permit stays.
Result WaitGroup::Wait(Deadline deadline, Checkpoint checkpoint) const {
  if (deadline.Passed()) {
    return counter() == 0 ? Result::kOk : Result::kTimedOut;
  }
  if (!BecomeWaiter()) return Result::kOk;
  if (sema_.SpinAcquire(deadline)) return CheckReuse();
  // The next checkpoint is a deadline of its own: wakes for nothing, or a storm
  // of signals, do not put it off.
  Deadline slice = deadline;
  if (checkpoint.run != nullptr) {
    slice = Earlier(deadline, Deadline::In(kSliceMilliseconds));
  }
  for (;;) {
    if (sema_.SleepAcquire(slice)) return CheckReuse();
    if (deadline.Passed()) return Cancel(Result::kTimedOut);
    if (checkpoint.run == nullptr || !slice.Passed()) continue;
    if (!checkpoint.run(checkpoint.data)) return Cancel(Result::kInterrupted);
    slice = Earlier(deadline, Deadline::In(kSliceMilliseconds));
  }
}

int32_t WaitGroup::counter() const {
  // acquire: a caller that reads zero may rely on what was done before it.
  return CounterOf(memory_->state.load(std::memory_order_acquire));
}

uint32_t WaitGroup::waiters() const {
  return WaitersOf(memory_->state.load(std::memory_order_relaxed));
}

}  // namespace futex_waitgroup
