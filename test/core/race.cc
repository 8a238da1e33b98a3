// What ThreadSanitizer reports about programs that use groups: the verdicts of
// Go's own race tests, and of waits that end early, which Go does not have.
// Built with -fsanitize=thread (native/core/race.h).
//
//   race          prints a line per scenario: its verdict, its name
//   race <name>   runs it
//
// Verdicts: "correct", nothing is reported; "data", a race of the scenario's
// own variables; "add", one of an Add() from zero with a Wait().
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <vector>

#include "check.h"
#include "core/promise_table.h"
#include "core/wait_group.h"

namespace futex_waitgroup {
namespace {

template <std::memory_order kSend, std::memory_order kAwait>
class Flag {
 public:
  void Send() { sent_.fetch_add(1, kSend); }
  void Await(int times = 1) const {
    while (sent_.load(kAwait) < times) std::this_thread::yield();
  }

 private:
  std::atomic<int> sent_{0};
};

// Puts the steps of two threads in an order that ThreadSanitizer does not see.
using Signal = Flag<std::memory_order_relaxed, std::memory_order_relaxed>;

// One that it does see, like a channel of Go.
using Message = Flag<std::memory_order_acq_rel, std::memory_order_acquire>;

class Threads {
 public:
  ~Threads() {
    for (std::thread& thread : all_) thread.join();
  }
  template <typename F>
  void Run(F body) {
    all_.emplace_back(body);
  }

 private:
  std::vector<std::thread> all_;
};

// A group, with what all scenarios check.
class Group {
 public:
  ~Group() {
    CHECK(group_.counter() == 0 && group_.waiters() == 0);
    CHECK(memory.sema.load(std::memory_order_relaxed) == 0);
  }
  void Add(int32_t delta) { CHECK(group_.Add(delta) == Result::kOk); }
  void Done() { CHECK(group_.Done() == Result::kOk); }
  void Wait() { CHECK(group_.Wait() == Result::kOk); }
  void WaitInVain() {
    CHECK(group_.Wait(Deadline::In(1)) == Result::kTimedOut);
  }
  void WaitUntilStopped() {
    const InterruptCheck check{[](void*, bool) { return true; }};
    CHECK(group_.Wait(Deadline::Never(), check) == Result::kInterrupted);
  }
  // So many waits are counted.
  void UntilCounted(uint32_t waits) const {
    while (group_.waiters() < waits) std::this_thread::yield();
  }
  // They sleep, or are about to.
  void UntilAsleep(uint32_t waits) const {
    while (memory.sema.load(std::memory_order_relaxed) >> 32 < waits) {
      std::this_thread::yield();
    }
  }
  const WaitGroup* operator->() const { return &group_; }

  Memory memory;

 private:
  WaitGroup group_{&memory};
};

int Read(const int& variable) {
  return *static_cast<const volatile int*>(&variable);
}

// ---- Go's own: src/runtime/race/testdata/waitgroup_test.go

// TestNoRaceWaitGroup
void TaskWrites() {
  int x = 0;
  Group group;
  Threads threads;
  group.Add(1);
  threads.Run([&] {
    x = 1;
    group.Done();
  });
  group.Wait();
}

// TestNoRaceWaitGroup2
void WriteAfterCountedWait() {
  int x = 0;
  Group group;
  Threads threads;
  group.Add(1);
  threads.Run([&] {
    group.UntilCounted(1);
    x = 1;
    group.Done();
  });
  group.Wait();
  x = 2;
}

// TestNoRaceWaitGroupMultipleWait
void WaitsWithoutTasks() {
  Group group;
  Threads threads;
  for (int i = 0; i < 2; i++) threads.Run([&] { group.Wait(); });
  group.Wait();
}

// TestNoRaceWaitGroupMultipleWait2
void TasksWaitToo() {
  Group group;
  Threads threads;
  group.Add(2);
  for (int i = 0; i < 2; i++) {
    threads.Run([&] {
      group.Done();
      group.Wait();
    });
  }
  group.Wait();
}

// TestNoRaceWaitGroupMultipleWait3
void EachWaitReadsAll() {
  constexpr uint32_t kTasks = 3;
  int data[kTasks] = {};
  Group group;
  Threads threads;
  group.Add(kTasks);
  for (uint32_t i = 0; i < kTasks; i++) {
    threads.Run([&group, &data, i] {
      group.UntilAsleep(kTasks - 1);
      data[i] = 1;
      group.Done();
    });
  }
  for (uint32_t i = 1; i < kTasks; i++) {
    threads.Run([&] {
      group.Wait();
      for (const int& value : data) Read(value);
    });
  }
}

// TestNoRaceWaitGroupTransitive
void WaitReadsWhatEarlierTaskWrote() {
  int x = 0;
  int y = 0;
  Group group;
  Signal first;
  Threads threads;
  group.Add(2);
  threads.Run([&] {
    x = 1;
    group.Done();
    first.Send();
  });
  threads.Run([&] {
    first.Await();
    y = 1;
    group.Done();
  });
  group.Wait();
  Read(x);
  Read(y);
}

// TestNoRaceWaitGroupReuse
void ReuseAfterWait() {
  int data[3] = {};
  Group group;
  Threads threads;
  for (int generation = 0; generation < 3; generation++) {
    group.Add(3);
    for (int& value : data) {
      threads.Run([&] {
        value++;
        group.Done();
      });
    }
    group.Wait();
    for (int& value : data) value++;
  }
}

// TestNoRaceWaitGroupReuse2
void ReuseAfterBothWaits() {
  int x = 0;
  Group group;
  Message returned;
  Threads threads;
  for (int generation = 1; generation <= 3; generation++) {
    group.Add(1);
    threads.Run([&] {
      group.Wait();
      x++;
      returned.Send();
    });
    threads.Run([&] {
      group.UntilCounted(2);
      x++;
      group.Done();
    });
    group.Wait();
    returned.Await(generation);
    x++;
  }
}

// TestNoRaceWaitGroupConcurrentAdd
void TasksAddThemselves() {
  constexpr int kTasks = 4;
  Group group;
  Message added;
  Threads threads;
  for (int i = 0; i < kTasks; i++) {
    threads.Run([&] {
      group.Add(1);
      added.Send();
      group.Done();
    });
  }
  added.Await(kTasks);
  group.Wait();
}

// TestRaceWaitGroup
void TasksWriteOneVariable() {
  int x = 0;
  Group group;
  Signal first;
  Threads threads;
  for (int i = 0; i < 2; i++) {
    group.Add(1);
    threads.Run([&group, &first, &x, i] {
      if (i == 1) first.Await();
      x = i;
      group.Done();
      first.Send();
    });
  }
  group.Wait();
}

// TestRaceWaitGroup2
void TasksOfOneAddWriteOneVariable() {
  int x = 0;
  Group group;
  Signal written;
  Threads threads;
  group.Add(2);
  for (int i = 0; i < 2; i++) {
    threads.Run([&group, &written, &x, i] {
      x = i;
      written.Send();
      written.Await(2);
      group.Done();
    });
  }
  group.Wait();
}

// TestRaceWaitGroupAsMutex
void GroupAsMutex() {
  int x = 0;
  Group group;
  Signal waited;
  Signal first;
  Threads threads;
  for (int i = 0; i < 2; i++) {
    threads.Run([&group, &waited, &first, &x, i] {
      group.Wait();
      waited.Send();
      waited.Await(2);
      if (i == 1) first.Await();
      group.Add(1);
      x = i;
      group.Add(-1);
      first.Send();
    });
  }
}

// TestRaceWaitGroupWrongWait
void WaitTooEarly() {
  int x = 0;
  Group group;
  Signal waited;
  Signal done;
  Threads threads;
  threads.Run([&] {
    waited.Await();
    group.Add(1);
    x = 1;
    group.Done();
    done.Send();
  });
  group.Wait();
  waited.Send();
  done.Await();
  Read(x);
}

// TestRaceWaitGroupWrongAdd
void AddTooLate() {
  Group group;
  Signal added;
  Threads threads;
  threads.Run([&] {
    group.Add(1);
    added.Send();
    group.UntilCounted(1);
    group.Done();
  });
  added.Await();
  group.Wait();
}

// TestRaceWaitGroupReuse
void ReuseAfterOwnWaitOnly() {
  Group group;
  Signal returned;
  Threads threads;
  group.Add(1);
  threads.Run([&] {
    group.Wait();
    returned.Send();
  });
  group.UntilCounted(1);
  group.Done();
  group.Wait();
  returned.Await();
  group.Add(1);
  group.Done();
}

// ---- Ours: the limits of the rules above

void TaskAddsDuringWait() {
  Group group;
  Threads threads;
  group.Add(1);
  threads.Run([&] {
    group.UntilCounted(1);
    group.Add(1);
    group.Done();
    group.Done();
  });
  group.Wait();
}

// Only counting down publishes.
void ReadWhatAnAddFollowed() {
  int x = 0;
  Group group;
  Signal added;
  Threads threads;
  threads.Run([&] {
    x = 1;
    group.Add(1);
    added.Send();
  });
  threads.Run([&] {
    added.Await();
    group.Done();
    added.Send();
  });
  added.Await(2);
  group.Wait();
  Read(x);
}

// ---- Waits that end early, polls, and promise waits

void TwoWaitsTimeOut() {
  Group group;
  Signal first;
  Signal second;
  Threads threads;
  group.Add(1);
  threads.Run([&] {
    group.WaitInVain();
    first.Send();
  });
  threads.Run([&] {
    first.Await();
    group.WaitInVain();
    second.Send();
  });
  second.Await();
  group.Done();
}

void WaitAfterInterruptedWait() {
  Group group;
  Signal first;
  Threads threads;
  group.Add(1);
  threads.Run([&] {
    group.WaitUntilStopped();
    first.Send();
  });
  threads.Run([&] {
    first.Await();
    group.Wait();
  });
  first.Await();
  group.UntilCounted(1);
  group.Done();
}

void WaitAfterCancelledPromiseWait() {
  Group group;
  Signal first;
  Signal second;
  Threads threads;
  group.Add(1);
  threads.Run([&] {
    CHECK(group->BecomeWaiter());
    CHECK(group->Cancel(Result::kInterrupted) == Result::kInterrupted);
    first.Send();
  });
  threads.Run([&] {
    first.Await();
    group.WaitInVain();
    second.Send();
  });
  second.Await();
  group.Done();
}

void WaitAgainAfterTimeOut() {
  int x = 0;
  Group group;
  Signal timed_out;
  Threads threads;
  group.Add(1);
  threads.Run([&] {
    timed_out.Await();
    group.UntilCounted(1);
    x = 1;
    group.Done();
  });
  group.WaitInVain();
  timed_out.Send();
  group.Wait();
  Read(x);
}

// The release comes while the poll that stops the wait is running.
void WaitIsReleasedWhileItIsStopped() {
  struct {
    int x = 0;
    Group group;
    Signal polls;
    Signal done;
  } it;
  Threads threads;
  it.group.Add(1);
  threads.Run([&] {
    it.polls.Await();
    it.x = 1;
    it.group.Done();
    it.done.Send();
  });
  const InterruptCheck check{[](void* data, bool) {
                               auto* own = static_cast<decltype(it)*>(data);
                               own->polls.Send();
                               own->done.Await();
                               return true;
                             },
                             &it};
  CHECK(it.group->Wait(Deadline::Never(), check) == Result::kOk);
  Read(it.x);
}

// A task writes and counts down; then the main thread runs `look`.
template <typename F>
void AfterOneOf(int32_t tasks, F look) {
  int x = 0;
  Group group;
  Signal done;
  Threads threads;
  group.Add(tasks);
  threads.Run([&] {
    x = 1;
    group.Done();
    done.Send();
  });
  done.Await();
  look(&group);
  Read(x);
  if (tasks > 1) group.Add(1 - tasks);
}

void WaitFindsZero() {
  AfterOneOf(1, [](Group* group) { group->Wait(); });
}
void PollFindsZero() {
  AfterOneOf(1, [](Group* group) {
    CHECK((*group)->Wait(Deadline::In(0)) == Result::kOk);
  });
}
void PromiseWaitFindsZero() {
  AfterOneOf(1, [](Group* group) { CHECK(!(*group)->BecomeWaiter()); });
}
void CounterIsZero() {
  AfterOneOf(1, [](Group* group) { CHECK((*group)->counter() == 0); });
}
void ReadAfterTimeOut() {
  AfterOneOf(2, [](Group* group) { group->WaitInVain(); });
}
void ReadAfterInterruption() {
  AfterOneOf(2, [](Group* group) { group->WaitUntilStopped(); });
}
void ReadAfterPoll() {
  AfterOneOf(2, [](Group* group) {
    CHECK((*group)->Wait(Deadline::In(0)) == Result::kTimedOut);
  });
}
void ReadAfterCounter() {
  AfterOneOf(2, [](Group* group) { CHECK((*group)->counter() == 1); });
}
void ReadAfterCancelledPromiseWait() {
  AfterOneOf(2, [](Group* group) {
    CHECK((*group)->BecomeWaiter());
    CHECK((*group)->Cancel(Result::kInterrupted) == Result::kInterrupted);
  });
}

// A wait ends early, and another thread adds from zero later: in an order that
// the program has made (with a Message), or not (with a Signal).
template <typename Order>
void AddAfterTimeOut() {
  Group group;
  Order timed_out;
  Threads threads;
  group.Add(1);
  threads.Run([&] {
    group.WaitInVain();
    timed_out.Send();
  });
  timed_out.Await();
  group.Done();
  group.Add(1);
  group.Done();
}

class Loop : public LoopQueue {
 public:
  Signal notified;

 protected:
  void Notify() override { notified.Send(); }
};

// A release that finds no promise wait registered takes no lock: nothing but
// the group orders what the wait reads.
void PromiseWaitTakesPermit() {
  int x = 0;
  Group group;
  Loop loop;
  Signal counted;
  Signal done;
  Threads threads;
  group.Add(1);
  threads.Run([&] {
    counted.Await();
    x = 1;
    group.Done();
    done.Send();
  });
  CHECK(group->BecomeWaiter());
  counted.Send();
  done.Await();
  PromiseWaiter waiter(&group.memory, &loop);
  CHECK(PromiseTable::TryAcquireOrRegister(&waiter));
  CHECK(group->CheckReuse() == Result::kOk);
  Read(x);
}

void AddIsNotOrderedWithPromiseWait() {
  Group group;
  Signal registered;
  Signal released;
  Threads threads;
  group.Add(1);
  threads.Run([&] {
    Loop loop;
    PromiseWaiter waiter(&group.memory, &loop);
    CHECK(group->BecomeWaiter());
    CHECK(!PromiseTable::TryAcquireOrRegister(&waiter));
    registered.Send();
    loop.notified.Await();
    loop.Close({&waiter});
    CHECK(group->Cancel(Result::kInterrupted) == Result::kOk);
    released.Send();
  });
  threads.Run([&] {
    released.Await();
    group.Add(1);
    group.Done();
  });
  registered.Await();
  group.Done();
}

struct Scenario {
  const char* verdict;
  const char* name;
  void (*run)();
};

#define SCENARIO(verdict, name) \
  { verdict, #name, name }
const Scenario kScenarios[] = {
    SCENARIO("correct", TaskWrites),
    SCENARIO("correct", WriteAfterCountedWait),
    SCENARIO("correct", WaitsWithoutTasks),
    SCENARIO("correct", TasksWaitToo),
    SCENARIO("correct", EachWaitReadsAll),
    SCENARIO("correct", WaitReadsWhatEarlierTaskWrote),
    SCENARIO("correct", ReuseAfterWait),
    SCENARIO("correct", ReuseAfterBothWaits),
    SCENARIO("correct", TasksAddThemselves),
    SCENARIO("data", TasksWriteOneVariable),
    SCENARIO("data", TasksOfOneAddWriteOneVariable),
    SCENARIO("data", GroupAsMutex),
    SCENARIO("data", WaitTooEarly),
    SCENARIO("add", AddTooLate),
    SCENARIO("add", ReuseAfterOwnWaitOnly),
    SCENARIO("correct", TaskAddsDuringWait),
    SCENARIO("data", ReadWhatAnAddFollowed),
    SCENARIO("correct", TwoWaitsTimeOut),
    SCENARIO("correct", WaitAfterInterruptedWait),
    SCENARIO("correct", WaitAfterCancelledPromiseWait),
    SCENARIO("correct", WaitAgainAfterTimeOut),
    SCENARIO("correct", WaitIsReleasedWhileItIsStopped),
    SCENARIO("correct", WaitFindsZero),
    SCENARIO("correct", PollFindsZero),
    SCENARIO("correct", PromiseWaitFindsZero),
    SCENARIO("correct", CounterIsZero),
    SCENARIO("data", ReadAfterTimeOut),
    SCENARIO("data", ReadAfterInterruption),
    SCENARIO("data", ReadAfterPoll),
    SCENARIO("data", ReadAfterCounter),
    SCENARIO("data", ReadAfterCancelledPromiseWait),
    SCENARIO("correct", AddAfterTimeOut<Message>),
    SCENARIO("add", AddAfterTimeOut<Signal>),
    SCENARIO("correct", PromiseWaitTakesPermit),
    SCENARIO("add", AddIsNotOrderedWithPromiseWait),
};

int Main(int argc, char** argv) {
  for (const Scenario& scenario : kScenarios) {
    if (argc == 1) {
      std::printf("%s %s\n", scenario.verdict, scenario.name);
    } else if (std::strcmp(argv[1], scenario.name) == 0) {
      scenario.run();
      return 0;
    }
  }
  CHECK(argc == 1);
  return 0;
}

}  // namespace
}  // namespace futex_waitgroup

int main(int argc, char** argv) { return futex_waitgroup::Main(argc, argv); }
