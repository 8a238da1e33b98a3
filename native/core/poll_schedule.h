// When a blocked wait polls, and how others make it poll earlier.
//
// A wait polls for what no permit tells it, above all that its thread is being
// terminated. A thread may be blocked for days, so the intervals grow with the
// time waited. Those who know that a wait may have to end soon *alert* it: it
// polls at once, and its intervals are short again.
//
// An alert finds a wait in a list of this module, which a wait joins at its
// first poll. So waits of a few milliseconds never touch the list.
//
//   T1 (Alert)                        T2 (WaitGroup::Wait)
//   a: changes T2's schedule          p: reads its schedule
//   b: wakes T2                       q: sleeps until its next poll
//
// a and p lock. If a is before p, T2 sleeps until the earlier poll. If q is
// before b, T2 wakes and reads its schedule again. In the order p a b q, the
// alert is seen at the next poll only. This is late, by kMaxInterval at most,
// but never wrong: nothing depends on alerts alone.
#pragma once

#include <cstdint>

#include "../platform/deadline.h"
#include "semaphore.h"

namespace futex_waitgroup {

class PollSchedule {
 public:
  // In nanoseconds. A plain Worker's terminate() waits for a poll: so it takes
  // kMaxInterval, and the end of the thread.
  static constexpr int64_t kFirstInterval = 20'000'000;
  static constexpr int64_t kMaxInterval = 240'000'000;
  // After an urgent alert.
  static constexpr int64_t kUrgentInterval = 1'000'000;

  // The schedule of a wait that begins now and sleeps on `sema`. `owner`
  // identifies the waits that belong together; it is only compared.
  PollSchedule(Semaphore sema, const void* owner);
  ~PollSchedule();
  PollSchedule(const PollSchedule&) = delete;
  PollSchedule& operator=(const PollSchedule&) = delete;

  Deadline Next() const;
  // Whether the interval has reached kMaxInterval.
  bool IsIdle() const;
  void OnPoll();

  // Makes the waits of `owner` poll now, or kFirstInterval after their last
  // poll, and then as waits that have just begun: something has happened that
  // only a poll sees. Callable on any thread.
  static void Alert(const void* owner);

  // Makes all waits of this module poll now, or kUrgentInterval after their
  // last poll, and for a while at short intervals: threads are being stopped.
  // Callable on any thread.
  static void AlertAll();

 private:
  template <typename Change>
  static void AlertThose(const void* owner, Change change);
  int64_t Interval() const;
  int64_t IntervalLocked() const;

  const Semaphore sema_;
  const void* const owner_;
  // On the monotonic clock, in nanoseconds: the last poll, or the begin of the
  // wait; the last alert of each kind, or the begin.
  int64_t last_poll_;
  int64_t since_;
  int64_t urgent_since_ = INT64_MIN / 2;
  bool is_listed_ = false;
  PollSchedule* previous_ = nullptr;
  PollSchedule* next_ = nullptr;
};

}  // namespace futex_waitgroup
