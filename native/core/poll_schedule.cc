#include "poll_schedule.h"

#include <mutex>

#include "mutex.h"

namespace futex_waitgroup {

namespace {

// Guards the list, and the schedules in it. Process-wide because threads alert
// each other. Never destroyed: threads may wait during static destruction.
Mutex list_mutex;
PollSchedule* first = nullptr;

// A quarter of the time waited: so what is seen by a poll is seen after 1.25
// times the time that it took, and a wait of an hour has polled as often in its
// first second as in the four that follow.
int64_t IntervalAfter(int64_t waited, int64_t at_least) {
  const int64_t interval = waited / 4;
  if (interval < at_least) return at_least;
  return interval < PollSchedule::kMaxInterval ? interval
                                               : PollSchedule::kMaxInterval;
}

}  // namespace

PollSchedule::PollSchedule(Semaphore sema, const void* owner)
    : sema_(sema),
      owner_(owner),
      last_poll_(Deadline::Now()),
      since_(last_poll_) {}

PollSchedule::~PollSchedule() {
  if (!is_listed_) return;
  std::lock_guard<Mutex> lock(list_mutex);
  (previous_ == nullptr ? first : previous_->next_) = next_;
  if (next_ != nullptr) next_->previous_ = previous_;
}

int64_t PollSchedule::Interval() const {
  std::lock_guard<Mutex> lock(list_mutex);
  return IntervalLocked();
}

int64_t PollSchedule::IntervalLocked() const {
  const int64_t calm = IntervalAfter(last_poll_ - since_, kFirstInterval);
  const int64_t urgent =
      IntervalAfter(last_poll_ - urgent_since_, kUrgentInterval);
  return calm < urgent ? calm : urgent;
}

bool PollSchedule::IsIdle() const {
  return is_listed_ && Interval() == kMaxInterval;
}

Deadline PollSchedule::Next() const {
  // Nobody else knows this wait yet.
  const int64_t interval = is_listed_ ? Interval() : kFirstInterval;
  if (interval < kMaxInterval) return Deadline::At(last_poll_ + interval);
  // All idle threads poll together, while the code is in the caches. For 128
  // threads this takes half of the CPU time.
  return Deadline::At((last_poll_ / kMaxInterval + 1) * kMaxInterval);
}

void PollSchedule::OnPoll() {
  std::lock_guard<Mutex> lock(list_mutex);
  last_poll_ = Deadline::Now();
  if (is_listed_) return;
  is_listed_ = true;
  next_ = first;
  if (next_ != nullptr) next_->previous_ = this;
  first = this;
}

template <typename Change>
void PollSchedule::AlertThose(const void* owner, Change change) {
  std::lock_guard<Mutex> lock(list_mutex);
  const int64_t now = Deadline::Now();
  for (PollSchedule* wait = first; wait != nullptr; wait = wait->next_) {
    if (owner != nullptr && wait->owner_ != owner) continue;
    const int64_t old_interval = wait->IntervalLocked();
    change(wait, now);
    // Else it polls soon by itself.
    if (wait->IntervalLocked() < old_interval) wait->sema_.WakeSleepers();
  }
}

void PollSchedule::Alert(const void* owner) {
  if (owner == nullptr) return;
  AlertThose(owner,
             [](PollSchedule* wait, int64_t now) { wait->since_ = now; });
}

void PollSchedule::AlertAll() {
  AlertThose(nullptr, [](PollSchedule* wait, int64_t now) {
    wait->urgent_since_ = now;
  });
}

}  // namespace futex_waitgroup
