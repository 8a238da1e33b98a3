// What each native layer promises on its own, where no race is needed to see
// it. Prints a line per test; a failed check prints where and ends with
// status 1. Linux only: it looks into /proc to know that a thread sleeps.
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <climits>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <limits>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "check.h"
#include "core/mutex.h"
#include "core/poll_schedule.h"
#include "core/semaphore.h"
#include "core/spin.h"
#include "core/wait_group.h"
#include "platform/deadline.h"
#include "platform/futex.h"

namespace futex_waitgroup {
namespace {

constexpr uint64_t State(uint32_t counter, uint32_t waiters) {
  return (uint64_t{counter} << 32) | waiters;
}

constexpr double kPollMilliseconds = PollSchedule::kFirstInterval * 1e-6;

double MillisecondsSince(int64_t start) {
  return static_cast<double>(Deadline::Now() - start) * 1e-6;
}

// A thread that says who it is, so that others can see it sleep.
class Sleeper {
 public:
  template <typename F>
  explicit Sleeper(F body)
      : thread_([this, body] {
          id_.store(static_cast<int>(syscall(SYS_gettid)));
          body();
        }) {}

  // Returns once the thread is in the kernel, asleep. Requires: the only thing
  // that `body` sleeps in is what the test is about.
  void UntilAsleep() const {
    while (!Asleep()) std::this_thread::yield();
  }
  void Join() { thread_.join(); }

 private:
  bool Asleep() const {
    int id = id_.load();
    if (id == 0) return false;
    std::string path = "/proc/self/task/" + std::to_string(id) + "/stat";
    std::FILE* file = std::fopen(path.c_str(), "r");
    if (file == nullptr) return false;
    char line[512] = {};
    size_t read = std::fread(line, 1, sizeof(line) - 1, file);
    std::fclose(file);
    const char* name_end = read > 0 ? std::strrchr(line, ')') : nullptr;
    return name_end != nullptr && name_end[2] == 'S';
  }

  std::atomic<int> id_{0};
  std::thread thread_;
};

void DeadlinesAtTheEdges() {
  double infinity = std::numeric_limits<double>::infinity();
  CHECK(Deadline::In(infinity).never());
  CHECK(Deadline::In(1e300).never());
  CHECK(Deadline::In(std::numeric_limits<double>::max()).never());
  CHECK(Deadline::In(std::ldexp(1.0, 53)).never());  // 285 millennia
  CHECK(!Deadline::In(4.5e12).never());              // 142 years
  CHECK(Deadline::In(4.5e12).Remaining() > 4400000000000000000);
  CHECK(!Deadline::In(4.5e12).Passed());
  CHECK(Deadline::In(0).Passed());
  CHECK(Deadline::In(-1).Passed());
  CHECK(Deadline::In(-infinity).Passed());
  CHECK(Deadline::In(1e-9).Passed());
  CHECK(Deadline::In(std::numeric_limits<double>::denorm_min()).Passed());
  CHECK(!Deadline::Never().Passed());
  CHECK(Earlier(Deadline::Never(), Deadline::In(0)).Passed());
  CHECK(Earlier(Deadline::In(0), Deadline::Never()).Passed());
  CHECK(Deadline::In(0).Remaining() == 0);
}

void FutexWaitReturnsAtOnceWhereTheWordDiffers() {
  uint32_t word = 1;
  FutexWait(&word, 0, Deadline::Never());
}

void FutexWaitReturnsAtOnceWhereTheDeadlineHasPassed() {
  uint32_t word = 0;
  FutexWait(&word, 0, Deadline::In(0));
}

void FutexWaitIsNotEarly() {
  uint32_t word = 0;
  for (double milliseconds : {0.001, 0.25, 3.5, 21.0}) {
    int64_t start = Deadline::Now();
    Deadline deadline = Deadline::In(milliseconds);
    while (!deadline.Passed()) FutexWait(&word, 0, deadline);
    CHECK(MillisecondsSince(start) >= milliseconds);
  }
}

// Linux takes a signed count, and wakes one thread where it is negative.
void FutexWakeClampsItsCount() {
  for (uint32_t count : {UINT32_MAX, uint32_t{INT_MAX} + 1, uint32_t{3}}) {
    uint32_t word = 0;
    auto sleep = [&word] { FutexWait(&word, 0, Deadline::In(60000)); };
    Sleeper a(sleep);
    Sleeper b(sleep);
    Sleeper c(sleep);
    a.UntilAsleep();
    b.UntilAsleep();
    c.UntilAsleep();
    int64_t start = Deadline::Now();
    FutexWake(&word, count);
    a.Join();
    b.Join();
    c.Join();
    CHECK(MillisecondsSince(start) < 30000);
  }
}

void FutexWakeNeedsNoMemory() {
  void* page = mmap(nullptr, 4096, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK(page != MAP_FAILED);
  CHECK(munmap(page, 4096) == 0);
  FutexWake(static_cast<const uint32_t*>(page), 1);
  FutexWake(static_cast<const uint32_t*>(page), UINT32_MAX);
}

// A release ends with a wake of an address whose memory may be freed by then,
// and hold another program's priority-inheriting mutex. The kernel refuses to
// wake that.
void FutexWakeDoesNotMindAPriorityInheritingMutex() {
  uint32_t word = 0;
  auto call = [&word](int operation, int number) {
    return syscall(SYS_futex, &word, operation | FUTEX_PRIVATE_FLAG, number,
                   nullptr, nullptr, 0);
  };
  if (call(FUTEX_LOCK_PI, 0) != 0) {
    CHECK(errno == ENOSYS);
    std::printf("not tested: this kernel has no priority inheritance\n");
    return;
  }
  Sleeper other([&call] {
    CHECK(call(FUTEX_LOCK_PI, 0) == 0);
    CHECK(call(FUTEX_UNLOCK_PI, 0) == 0);
  });
  other.UntilAsleep();
  CHECK(call(FUTEX_WAKE, 1) == -1 && errno == EINVAL);
  FutexWake(&word, 1);
  FutexWake(&word, UINT32_MAX);
  CHECK(call(FUTEX_UNLOCK_PI, 0) == 0);
  other.Join();
}

void SemaphoreCountsToTheLastBit() {
  Word word{0};
  Semaphore semaphore(&word);
  CHECK(!semaphore.TryAcquire());
  semaphore.Release(UINT32_MAX);
  CHECK(word == UINT32_MAX);
  CHECK(semaphore.TryAcquire());
  CHECK(semaphore.TryAcquire());
  CHECK(semaphore.SleepAcquire(Deadline::Never()));
  CHECK(word.load() == UINT32_MAX - 3);
}

void HugeReleaseWakesEverySleeper() {
  Word word{0};
  Semaphore semaphore(&word);
  std::atomic<int> taken{0};
  auto sleep = [&taken, semaphore] {
    if (semaphore.SleepAcquire(Deadline::In(60000))) taken.fetch_add(1);
  };
  Sleeper a(sleep);
  Sleeper b(sleep);
  Sleeper c(sleep);
  a.UntilAsleep();
  b.UntilAsleep();
  c.UntilAsleep();
  CHECK(word.load() == State(3, 0));
  semaphore.Release(UINT32_MAX);
  a.Join();
  b.Join();
  c.Join();
  CHECK(taken.load() == 3);
  CHECK(word.load() == UINT32_MAX - 3);
}

// Those that lock it slowly sleep, and each wakes the next.
void MutexWakesOneSleeperAfterTheOther() {
  Mutex mutex;
  mutex.lock();
  auto lock_once = [&mutex] {
    mutex.lock();
    mutex.unlock();
  };
  Sleeper a(lock_once);
  Sleeper b(lock_once);
  Sleeper c(lock_once);
  a.UntilAsleep();
  b.UntilAsleep();
  c.UntilAsleep();
  mutex.unlock();
  a.Join();
  b.Join();
  c.Join();
}

void SpinEndsAtTheDeadline() {
  const Word word{State(1, 0)};
  for (int i = 0; i < 100; i++) {
    int64_t start = Deadline::Now();
    CHECK(!SpinUntilUpperHalfIsZero(word, Deadline::Never()));
    CHECK(!SpinUntilUpperHalfIsZero(word, Deadline::In(0)));
    CHECK(MillisecondsSince(start) < 10000);
  }
}

// Go's Wait() also returns at (0, w), while the last Done() is still releasing.
void SpinEndsAtZeroWhateverTheWaiters() {
  const Word word{State(0, 3)};
  CHECK(SpinUntilUpperHalfIsZero(word, Deadline::Never()));
}

// Each wait either sees zero while it spins, or is counted and gets a permit.
void SpinningWaitsMissNoRelease() {
  for (int i = 0; i < 2000; i++) {
    Memory memory;
    memory.state = State(1, 0);
    std::thread other(
        [&memory] { CHECK(WaitGroup(&memory).Done() == Result::kOk); });
    CHECK(WaitGroup(&memory).Wait() == Result::kOk);
    other.join();
    CHECK(memory.state.load() == 0 && memory.sema.load() == 0);
  }
}

// A poll that became a waiter would take the permit that lies there.
void PollIsNoWaiter() {
  Memory memory;
  memory.state = State(1, 0);
  memory.sema = 1;
  WaitGroup group(&memory);
  CHECK(group.Wait(Deadline::In(0)) == Result::kTimedOut);
  CHECK(group.Wait(Deadline::In(1e-9)) == Result::kTimedOut);
  CHECK(memory.state == State(1, 0));
  CHECK(memory.sema == 1);
  memory.state = 0;
  CHECK(group.Wait(Deadline::In(0)) == Result::kOk);
  CHECK(memory.sema == 1);
}

void WaitAtZeroLooksNoFurther() {
  Memory memory;
  memory.state = State(0, 7);  // a releaser between its two steps
  CHECK(WaitGroup(&memory).Wait() == Result::kOk);
  // Wait() itself has looked before.
  CHECK(!WaitGroup(&memory).BecomeWaiter());
  CHECK(memory.state == State(0, 7));
}

void TimeOutUncountsTheWaiter() {
  Memory memory;
  WaitGroup group(&memory);
  CHECK(group.Add(1) == Result::kOk);
  int64_t start = Deadline::Now();
  CHECK(group.Wait(Deadline::In(25.5)) == Result::kTimedOut);
  CHECK(MillisecondsSince(start) >= 25.5);
  CHECK(memory.state == State(1, 0));
  CHECK(memory.sema == 0);
}

void CheckpointComesOncePerSlice() {
  Memory memory;
  WaitGroup group(&memory);
  CHECK(group.Add(1) == Result::kOk);
  int left = 3;
  InterruptCheck check{
      [](void* data, bool) { return --*static_cast<int*>(data) <= 0; }, &left};
  int64_t start = Deadline::Now();
  CHECK(group.Wait(Deadline::Never(), check) == Result::kInterrupted);
  CHECK(MillisecondsSince(start) >= 3 * kPollMilliseconds);
  CHECK(left == 0);
  CHECK(memory.state == State(1, 0));
  CHECK(memory.sema == 0);
}

// The counter reached zero during the checkpoint that says no: the wait has
// succeeded, and its permit is not left behind.
void ReleaseDuringTheLastCheckpointWins() {
  Memory memory;
  WaitGroup group(&memory);
  CHECK(group.Add(1) == Result::kOk);
  InterruptCheck check{[](void* data, bool) {
                         WaitGroup(static_cast<Memory*>(data)).Done();
                         return true;
                       },
                       &memory};
  CHECK(group.Wait(Deadline::Never(), check) == Result::kOk);
  CHECK(memory.state == 0);
  CHECK(memory.sema == 0);
}

// Wakes for nothing, without pause: no checkpoint more than one per slice, and
// none put off.
void WakesForNothingChangeNoSlice() {
  Memory memory;
  WaitGroup group(&memory);
  CHECK(group.Add(1) == Result::kOk);
  std::atomic<bool> stop{false};
  std::thread noise([&memory, &stop] {
    while (!stop.load()) {
      FutexWake(reinterpret_cast<const uint32_t*>(&memory.sema), 1);
    }
  });
  int left = 4;
  InterruptCheck check{
      [](void* data, bool) { return --*static_cast<int*>(data) <= 0; }, &left};
  int64_t start = Deadline::Now();
  CHECK(group.Wait(Deadline::Never(), check) == Result::kInterrupted);
  CHECK(MillisecondsSince(start) >= 4 * kPollMilliseconds);
  CHECK(MillisecondsSince(start) < 30000);
  start = Deadline::Now();
  CHECK(group.Wait(Deadline::In(10)) == Result::kTimedOut);
  CHECK(MillisecondsSince(start) >= 10);
  stop = true;
  noise.join();
  CHECK(memory.state == State(1, 0));
  CHECK(memory.sema == 0);
}

// A wait that counts its polls, and is stopped at the end.
class PollCounter {
 public:
  explicit PollCounter(const void* owner) {
    CHECK(WaitGroup(&memory_).Add(1) == Result::kOk);
    thread_ = std::thread([this, owner] {
      const InterruptCheck check{[](void* data, bool) {
                                   auto* self = static_cast<PollCounter*>(data);
                                   self->polls_.fetch_add(1);
                                   return self->stop_.load();
                                 },
                                 this, owner};
      CHECK(WaitGroup(&memory_).Wait(Deadline::Never(), check) ==
            Result::kInterrupted);
    });
  }
  ~PollCounter() {
    stop_ = true;
    PollSchedule::AlertAll();
    thread_.join();
  }
  int polls() const { return polls_.load(); }

 private:
  Memory memory_;
  std::atomic<int> polls_{0};
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

void PollsBecomeRarer() {
  PollCounter wait(nullptr);
  std::this_thread::sleep_for(std::chrono::seconds(1));
  const int first = wait.polls();
  std::this_thread::sleep_for(std::chrono::seconds(1));
  // 15 in the first second, 5 in the next.
  CHECK(first <= 16);
  CHECK(wait.polls() - first <= 6);
}

// Compares polls with alerts to polls without. A busy machine delays both.
void AlertsMakeTheirWaitsPoll() {
  const int owners[2] = {};
  PollCounter alerted(&owners[0]);
  PollCounter other(&owners[1]);
  std::this_thread::sleep_for(std::chrono::seconds(1));
  const auto polls_in_half_a_second = [&](void (*alert)(const void*)) {
    const int before[2] = {alerted.polls(), other.polls()};
    for (int i = 0; i < 50; i++) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      alert(&owners[0]);
    }
    return std::pair<int, int>(alerted.polls() - before[0],
                               other.polls() - before[1]);
  };
  const auto one = polls_in_half_a_second(&PollSchedule::Alert);
  CHECK(one.first > one.second);
  const auto all =
      polls_in_half_a_second([](const void*) { PollSchedule::AlertAll(); });
  CHECK(all.first > one.first);
  CHECK(all.second > 2 * one.second);
}

void ReuseBeforeTheWaitHasReturnedIsTold() {
  for (bool should_stop : {true, false}) {
    struct Data {
      Memory memory;
      bool should_stop;
    };
    Data data{{}, should_stop};
    WaitGroup group(&data.memory);
    CHECK(group.Add(1) == Result::kOk);
    InterruptCheck check{[](void* pointer, bool) {
                           auto* it = static_cast<Data*>(pointer);
                           WaitGroup(&it->memory).Done();
                           WaitGroup(&it->memory).Add(2);
                           return it->should_stop;
                         },
                         &data};
    CHECK(group.Wait(Deadline::Never(), check) == Result::kReused);
    CHECK(data.memory.state == State(2, 0));
    CHECK(data.memory.sema == 0);
  }
}

// Memory that was overwritten in mid-wait: a timed wait, and one that is
// interrupted, end all the same (later: the patience of Cancel() comes on top),
// and what was written is not made worse.
void ScribbledWaitsEnd() {
  struct Case {
    uint64_t scribble;
    Memory memory;
    std::thread thread;
    std::atomic<bool> interrupt{false};
  };
  constexpr uint64_t kScribbles[] = {
      State(0, 0),          // a release whose permit never comes
      State(0, 7),          // a releaser that stays between its steps
      State(5, 0),          // counted, but no waiter to take off
      State(UINT32_MAX, 0)  // the same below zero
  };
  std::vector<Case> cases(2 * std::size(kScribbles));
  int64_t start = Deadline::Now();
  for (size_t i = 0; i < cases.size(); i++) {
    Case* it = &cases[i];
    it->scribble = kScribbles[i / 2];
    it->memory.state = State(1, 0);
    const bool timed = i % 2 == 0;
    it->thread = std::thread([it, timed] {
      InterruptCheck check{[](void* data, bool) {
                             return static_cast<Case*>(data)->interrupt.load();
                           },
                           it};
      Result result =
          WaitGroup(&it->memory)
              .Wait(timed ? Deadline::In(200) : Deadline::Never(), check);
      CHECK(result == (timed ? Result::kTimedOut : Result::kInterrupted));
    });
    while (WaitGroup(&it->memory).waiters() == 0) std::this_thread::yield();
    it->memory.state = it->scribble;
    it->interrupt = !timed;
  }
  for (Case& it : cases) {
    it.thread.join();
    CHECK(it.memory.state == it.scribble);
    CHECK(it.memory.sema == 0);
  }
  CHECK(MillisecondsSince(start) < 60000);
}

// Thousands that are cancelled on such memory do not sleep for a second each.
void CancelsShareTheirPatience() {
  Memory memory;  // a release whose permit never comes
  const WaitGroup group(&memory);
  int patience = 2;
  for (int i = 0; i < 3; i++) {
    CHECK(group.Cancel(Result::kInterrupted, &patience) ==
          Result::kInterrupted);
    CHECK(patience == 0);
  }
  memory.sema = 1;
  CHECK(group.Cancel(Result::kInterrupted, &patience) == Result::kOk);
  CHECK(memory.sema == 0);
}

// The same with a thread that never stops writing noise over all 16 bytes.
void NoiseDoesNotHoldATimedWait() {
  Memory memory;
  std::atomic<bool> stop{false};
  std::thread noise([&memory, &stop] {
    uint64_t x = 88172645463325252;
    while (!stop.load()) {
      x ^= x << 13;
      x ^= x >> 7;
      x ^= x << 17;
      memory.state.store(x);
      memory.sema.store(x & ~uint64_t{UINT32_MAX});  // any sleepers, no permit
    }
  });
  int64_t start = Deadline::Now();
  for (int i = 0; i < 20; i++) {
    WaitGroup(&memory).Wait(Deadline::In(5));
    CHECK(MillisecondsSince(start) < 60000);
  }
  stop = true;
  noise.join();
}

void ManyWaitersOneRelease() {
  constexpr uint32_t kWaiters = 2000;
  Memory memory;
  WaitGroup group(&memory);
  CHECK(group.Add(1) == Result::kOk);
  uint64_t plain = 0;
  std::vector<std::thread> all;
  try {
    for (uint32_t i = 0; i < kWaiters; i++) {
      all.emplace_back([group, &plain] {
        CHECK(group.Wait() == Result::kOk);
        CHECK(plain == 42);
      });
    }
  } catch (const std::system_error&) {
    std::printf("only %zu threads can start here, not %u\n", all.size(),
                kWaiters);
  }
  while (group.waiters() != all.size()) std::this_thread::yield();
  plain = 42;
  CHECK(group.Done() == Result::kOk);
  for (std::thread& thread : all) thread.join();
  CHECK(memory.state == 0);
  CHECK(memory.sema == 0);
}

int Main() {
#define RUN(test)            \
  do {                       \
    std::printf(#test "\n"); \
    std::fflush(stdout);     \
    test();                  \
  } while (false)
  RUN(DeadlinesAtTheEdges);
  RUN(FutexWaitReturnsAtOnceWhereTheWordDiffers);
  RUN(FutexWaitReturnsAtOnceWhereTheDeadlineHasPassed);
  RUN(FutexWaitIsNotEarly);
  RUN(FutexWakeClampsItsCount);
  RUN(FutexWakeNeedsNoMemory);
  RUN(FutexWakeDoesNotMindAPriorityInheritingMutex);
  RUN(SemaphoreCountsToTheLastBit);
  RUN(HugeReleaseWakesEverySleeper);
  RUN(MutexWakesOneSleeperAfterTheOther);
  RUN(SpinEndsAtTheDeadline);
  RUN(SpinEndsAtZeroWhateverTheWaiters);
  RUN(SpinningWaitsMissNoRelease);
  RUN(PollIsNoWaiter);
  RUN(WaitAtZeroLooksNoFurther);
  RUN(TimeOutUncountsTheWaiter);
  RUN(CheckpointComesOncePerSlice);
  RUN(ReleaseDuringTheLastCheckpointWins);
  RUN(WakesForNothingChangeNoSlice);
  RUN(PollsBecomeRarer);
  RUN(AlertsMakeTheirWaitsPoll);
  RUN(ReuseBeforeTheWaitHasReturnedIsTold);
  RUN(ScribbledWaitsEnd);
  RUN(CancelsShareTheirPatience);
  RUN(NoiseDoesNotHoldATimedWait);
  RUN(ManyWaitersOneRelease);
#undef RUN
  std::printf("all passed\n");
  return 0;
}

}  // namespace
}  // namespace futex_waitgroup

int main() { return futex_waitgroup::Main(); }
