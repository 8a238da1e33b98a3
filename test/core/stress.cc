// Threads that use groups at random, and an exact check after every generation.
//
//   stress <seconds> [<seed>]
//
// Doubles its work until its time is up. Prints its seed first, what it has
// done last; a failed check prints where and ends with status 1. A lost wake
// shows as a hang, which the caller's kill timer ends. Half of the work is done
// under forced schedules (forced.h).
#include <atomic>
#include <chrono>
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <thread>
#include <vector>

#include "check.h"
#include "core/poll_schedule.h"
#include "core/spin.h"
#include "core/wait_group.h"
#include "forced.h"

namespace futex_waitgroup {
namespace {

// xorshift64*: small, and the same everywhere.
class Random {
 public:
  explicit Random(uint64_t seed)
      : state_(seed * 0x9e3779b97f4a7c15 + 0x1234567) {}

  uint32_t Next() {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return static_cast<uint32_t>((state_ * 0x2545f4914f6cdd1d) >> 32);
  }
  // 0 to n - 1.
  uint32_t Below(uint32_t n) {
    return static_cast<uint32_t>((uint64_t{Next()} * n) >> 32);
  }
  bool OneIn(uint32_t n) { return Below(n) == 0; }

 private:
  uint64_t state_;
};

struct Totals {
  std::atomic<uint64_t> generations{0};
  std::atomic<uint64_t> timed_out{0};
  std::atomic<uint64_t> interrupted{0};
  std::atomic<uint64_t> crossed{0};  // cancelled too late: a permit was taken
  // Waits of a Ring that should_stop ended, or that were released meanwhile.
  std::atomic<uint64_t> ring_interrupted{0};
  std::atomic<uint64_t> ring_crossed{0};
  std::atomic<uint64_t> misuse_rounds{0};
  std::atomic<uint64_t> panics{0};
};
Totals totals;

void Spin(int64_t nanoseconds) {
  int64_t until = Deadline::Now() + nanoseconds;
  while (Deadline::Now() < until) SpinPause();
}

// Idle in every bit: no count, no waiter, no permit, no sleeper. Requires: all
// operations on the group have returned.
void CheckIdle(const Memory& memory) {
  CHECK(memory.state.load(std::memory_order_relaxed) == 0);
  CHECK(memory.sema.load(std::memory_order_relaxed) == 0);
}

// Waits until it is zero; any poll may end a wait, also one that lasts until
// the release comes: Cancel() finds it between its steps.
void WaitInterrupted(const WaitGroup& group, Random* random) {
  struct Data {
    const WaitGroup group;
    Random* random;
    bool stopped;
  };
  for (;;) {
    Data data{group, random, false};
    const InterruptCheck check{[](void* pointer, bool) {
                                 auto* it = static_cast<Data*>(pointer);
                                 if (it->random->OneIn(4)) {
                                   UntilAtMost(0, it->group);
                                   return it->stopped = true;
                                 }
                                 return it->stopped = it->random->OneIn(2);
                               },
                               &data};
    const Result result = group.Wait(Deadline::Never(), check);
    CHECK(result == Result::kOk ||
          (result == Result::kInterrupted && data.stopped));
    if (data.stopped) {
      (result == Result::kOk ? totals.ring_crossed : totals.ring_interrupted)
          .fetch_add(1, std::memory_order_relaxed);
    }
    if (result == Result::kOk) return;
  }
}

// Waits until it is zero, in one of the ways that there are.
void WaitSomehow(const WaitGroup& group, Random* random) {
  switch (random->Below(5)) {
    case 0:
      CHECK(group.Wait() == Result::kOk);
      return;
    case 1:
      while (group.Wait(Deadline::In(0)) != Result::kOk) {
        if (random->OneIn(8)) std::this_thread::yield();
      }
      return;
    case 2:
      WaitInterrupted(group, random);
      return;
    default:
      for (;;) {
        Result result = group.Wait(Deadline::In(random->Below(100) * 1e-3));
        if (result == Result::kOk) return;
        CHECK(result == Result::kTimedOut);
        totals.timed_out.fetch_add(1, std::memory_order_relaxed);
      }
  }
}

// Generations of `threads` threads that all work and all wait, on a ring of
// three groups. In generation g one thread readies the group of g + 1 before
// its own Done(): it has returned from the wait of g - 1, so all have begun
// g - 1, so all have returned from the wait of g - 2, which used that same
// group. So the reuse is legal, and the group must be idle then.
class Ring {
 public:
  Ring(uint32_t threads, uint64_t generations, uint64_t seed)
      : threads_(threads), generations_(generations), seed_(seed) {
    for (Slot& slot : slots_) slot.data.resize(size_t{threads} * kWords);
  }

  void Run() {
    WaitGroup(&slots_[0].memory).Add(static_cast<int32_t>(threads_));
    std::vector<std::thread> all;
    for (uint32_t i = 0; i < threads_; i++) {
      all.emplace_back([this, i] { Thread(i); });
    }
    for (std::thread& thread : all) thread.join();
    for (const Slot& slot : slots_) CheckIdle(slot.memory);
    totals.generations.fetch_add(generations_, std::memory_order_relaxed);
  }

 private:
  static constexpr uint32_t kWords = 8;

  struct Slot {
    Memory memory;
    std::atomic<int32_t> owed{0};  // counts that any thread may take down
    std::vector<uint64_t> data;    // plain
  };

  void Thread(uint32_t index) {
    Random random(seed_ + index);
    for (uint64_t g = 0; g < generations_; g++) {
      Slot* slot = &slots_[g % 3];
      WaitGroup group(&slot->memory);
      for (uint32_t w = 0; w < kWords; w++) {
        slot->data[index * kWords + w] = Value(g, index, w);
      }
      // More tasks, while this thread's own count is still there.
      int32_t more = static_cast<int32_t>(random.Below(4));
      if (more != 0) {
        CHECK(group.Add(more) == Result::kOk);
        slot->owed.fetch_add(more, std::memory_order_relaxed);
      }
      if (random.OneIn(4)) Spin(random.Below(60000));
      if (random.OneIn(64)) std::this_thread::yield();
      if (g % threads_ == index && g + 1 < generations_) {
        Memory* next = &slots_[(g + 1) % 3].memory;
        CheckIdle(*next);
        CHECK(WaitGroup(next).Add(static_cast<int32_t>(threads_)) ==
              Result::kOk);
      }
      while (int32_t owed = slot->owed.exchange(0, std::memory_order_relaxed)) {
        if (random.OneIn(2)) {
          CHECK(group.Add(-owed) == Result::kOk);
        } else {
          for (; owed != 0; owed--) CHECK(group.Done() == Result::kOk);
        }
      }
      CHECK(group.Done() == Result::kOk);

      WaitSomehow(group, &random);
      // No thread may use this group again before this one's next Done(). (The
      // waiters may still be there: a releaser that is between its steps.)
      CHECK(group.counter() == 0);
      for (uint32_t i = 0; i < threads_; i++) {
        for (uint32_t w = 0; w < kWords; w++) {
          CHECK(slot->data[i * kWords + w] == Value(g, i, w));
        }
      }
    }
  }

  static uint64_t Value(uint64_t generation, uint32_t index, uint32_t word) {
    return (generation << 16) ^ (uint64_t{index} << 8) ^ word;
  }

  const uint32_t threads_;
  const uint64_t generations_;
  const uint64_t seed_;
  Slot slots_[3];
};

constexpr double kPollMilliseconds = PollSchedule::kFirstInterval * 1e-6;

// Waits that are released at the very moment of their first checkpoint, which
// says no half of the time, and of their time-out. The moment is 20 ms away, so
// many groups do it at once.
void InterruptOne(uint64_t rounds, uint64_t seed) {
  constexpr uint32_t kWaiters = 3;
  Random random(seed);
  for (uint64_t round = 0; round < rounds; round++) {
    auto memory = std::make_unique<Memory>();
    WaitGroup group(memory.get());
    uint64_t plain = 0;
    CHECK(group.Add(1) == Result::kOk);
    std::vector<std::thread> waiters;
    for (uint32_t i = 0; i < kWaiters; i++) {
      uint64_t own_seed = random.Next();
      waiters.emplace_back([group, own_seed, &plain] {
        Random mine(own_seed);
        Deadline deadline = mine.OneIn(2)
                                ? Deadline::Never()
                                : Deadline::In(kPollMilliseconds +
                                               (mine.Below(100) - 50.0) * 1e-3);
        InterruptCheck check{[](void* data, bool) {
                               return static_cast<Random*>(data)->OneIn(2);
                             },
                             &mine};
        Result result = group.Wait(deadline, check);
        switch (result) {
          case Result::kOk:
            CHECK(plain == 42);
            totals.crossed.fetch_add(1, std::memory_order_relaxed);
            return;
          case Result::kTimedOut:
            totals.timed_out.fetch_add(1, std::memory_order_relaxed);
            return;
          case Result::kInterrupted:
            totals.interrupted.fetch_add(1, std::memory_order_relaxed);
            return;
          default:
            CHECK(false);
        }
      });
    }
    std::this_thread::sleep_for(
        std::chrono::milliseconds(static_cast<int>(kPollMilliseconds)) -
        std::chrono::microseconds(100));
    Spin(random.Below(1500000));
    plain = 42;
    CHECK(group.Done() == Result::kOk);
    for (std::thread& waiter : waiters) waiter.join();
    CheckIdle(*memory);
  }
}

void Interrupts(uint64_t rounds, uint64_t seed) {
  std::vector<std::thread> all;
  for (uint64_t i = 0; i < 8; i++) {
    all.emplace_back(InterruptOne, rounds, seed + i);
  }
  for (std::thread& thread : all) thread.join();
}

// Everything that Go forbids, at once. What must still hold when all waits have
// returned, whatever they returned: no waiter is counted who is gone, no permit
// is left for a later wait to take, and the counter is the sum of the deltas.
void MisuseRound(uint64_t seed) {
  constexpr uint32_t kThreads = 4;
  constexpr uint32_t kOperations = 60;
  Memory memory;
  WaitGroup group(&memory);
  std::atomic<int32_t> sum{0};
  std::vector<std::thread> all;
  for (uint32_t i = 0; i < kThreads; i++) {
    all.emplace_back([&sum, group, seed, i] {
      Random random(seed * kThreads + i);
      for (uint32_t n = 0; n < kOperations; n++) {
        Result result = Result::kOk;
        int32_t delta = 0;
        switch (random.Below(5)) {
          case 0:
          case 1:
            result = group.Wait(Deadline::In(random.Below(80) * 1e-3));
            break;
          case 2:
            delta = 1;
            result = group.Add(delta);
            break;
          case 3:
            delta = -1;
            result = group.Add(delta);
            break;
          default:
            result = group.Add(0);
            break;
        }
        sum.fetch_add(delta, std::memory_order_relaxed);
        if (result != Result::kOk && result != Result::kTimedOut) {
          totals.panics.fetch_add(1, std::memory_order_relaxed);
        }
      }
    });
  }
  for (std::thread& thread : all) thread.join();
  CHECK(group.waiters() == 0);
  CHECK(memory.sema.load(std::memory_order_relaxed) == 0);
  CHECK(group.counter() == sum.load(std::memory_order_relaxed));
  totals.misuse_rounds.fetch_add(1, std::memory_order_relaxed);
}

// A release that races with an Add() that Go forbids, in the very instructions
// between its two steps: two waiters, one of them with a time-out, and two
// threads that let go together.
// Whichever thread panics, the waiters leave nothing behind.
class RacingMisuse {
 public:
  static void Run(uint64_t rounds, uint64_t seed) {
    RacingMisuse race(rounds, seed);
    std::vector<std::thread> all;
    for (uint32_t role = 0; role < kThreads; role++) {
      all.emplace_back([&race, role] { race.Thread(role); });
    }
    for (std::thread& thread : all) thread.join();
    totals.misuse_rounds.fetch_add(rounds, std::memory_order_relaxed);
  }

 private:
  static constexpr uint32_t kThreads = 4;

  RacingMisuse(uint64_t rounds, uint64_t seed) : rounds_(rounds), seed_(seed) {}

  static void Until(const std::atomic<uint64_t>& count, uint64_t least) {
    for (int i = 0; count.load(std::memory_order_acquire) < least; i++) {
      if (i < 200) {
        SpinPause();
      } else {
        std::this_thread::yield();
      }
    }
  }

  // All threads of the race, twice per round.
  void Meet(uint64_t meeting) {
    uint64_t all = (meeting + 1) * kThreads;
    met_.fetch_add(1, std::memory_order_acq_rel);
    Until(met_, all);
  }

  void Thread(uint32_t role) {
    Random random(seed_ * kThreads + role);
    WaitGroup group(&memory_);
    for (uint64_t round = 0; round < rounds_; round++) {
      Meet(round * 2);
      if (role == 0) CHECK(group.Add(1) == Result::kOk);
      Meet(round * 2 + 1);
      if (role <= 1) {
        LetGo(round, role, &random);
        let_go_.fetch_add(1, std::memory_order_acq_rel);
      } else if (role == 2) {
        Note(group.Wait());
      } else {
        Note(group.Wait(Deadline::In(random.Below(60) * 1e-3)));
      }
      done_.fetch_add(1, std::memory_order_acq_rel);
      if (role != 0) continue;
      Until(let_go_, (round + 1) * 2);
      while (done_.load(std::memory_order_acquire) < (round + 1) * kThreads) {
        // The releaser may have panicked, and the waiters wait on.
        if (group.waiters() != 0) {
          Note(group.Add(1));
          Note(group.Done());
        }
        std::this_thread::yield();
      }
      CHECK(group.waiters() == 0);
      CHECK(memory_.sema.load(std::memory_order_relaxed) == 0);
      CHECK(group.counter() == 0);
    }
  }

  void LetGo(uint64_t round, uint32_t role, Random* random) {
    WaitGroup group(&memory_);
    // Until the one without a time-out waits; then together.
    while (group.waiters() == 0 || random->OneIn(4)) std::this_thread::yield();
    ready_.fetch_add(1, std::memory_order_acq_rel);
    Until(ready_, (round + 1) * 2);
    for (uint32_t i = random->Below(20); i > 0; i--) {
      std::atomic_signal_fence(std::memory_order_seq_cst);
    }
    if (role == 0) {
      Note(group.Done());
    } else if (round % 2 == 0) {
      Note(group.Add(0));
    } else {
      Note(group.Add(1));
      Note(group.Done());
    }
  }

  static void Note(Result result) {
    if (result != Result::kOk && result != Result::kTimedOut) {
      totals.panics.fetch_add(1, std::memory_order_relaxed);
    }
  }

  const uint64_t rounds_;
  const uint64_t seed_;
  Memory memory_;
  std::atomic<uint64_t> met_{0};
  std::atomic<uint64_t> ready_{0};
  std::atomic<uint64_t> let_go_{0};
  std::atomic<uint64_t> done_{0};
};

int Main(int argc, char** argv) {
  double seconds = argc > 1 ? std::atof(argv[1]) : 1;
  uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10)
                           : static_cast<uint64_t>(Deadline::Now());
  std::printf("seed %" PRIu64 "\n", seed);
  std::fflush(stdout);

  Deadline end = Deadline::In(seconds * 1000);
  SignalStorm storm;
  for (uint64_t work = 1; !end.Passed(); work *= 2) {
    for (bool is_forced : {false, true}) {
      forced.enabled = is_forced && kCanForce;
      Ring(2, 100 * work, seed).Run();
      Ring(5, 100 * work, seed + work).Run();
      Ring(9, 25 * work, seed + work).Run();
      RacingMisuse::Run(100 * work, seed + work);
      for (uint64_t i = 0; i < 5 * work; i++) {
        MisuseRound(seed + work * 64 + i);
      }
    }
    forced.enabled = false;
    Interrupts(work, seed + work * 64);
  }

  auto print = [](const char* name, const std::atomic<uint64_t>& total) {
    std::printf("%s %" PRIu64 "\n", name, total.load());
  };
  print("generations", totals.generations);
  print("timed_out", totals.timed_out);
  print("interrupted", totals.interrupted);
  print("crossed", totals.crossed);
  print("interrupted in a ring", totals.ring_interrupted);
  print("crossed in a ring", totals.ring_crossed);
  print("spurious wakes", forced.spurious);
  print("wakes by signals", forced.signals);
  print("misuse_rounds", totals.misuse_rounds);
  print("panics", totals.panics);
  if (kCanForce) {
    CHECK(totals.ring_interrupted > 0 && forced.spurious > 0);
    CHECK(forced.signals > 0);
  }
  return 0;
}

}  // namespace
}  // namespace futex_waitgroup

// These programs are wrong: ThreadSanitizer says so (core/race.h).
extern "C" const char* __tsan_default_suppressions() {
  return "race:MisuseRound\nrace:RacingMisuse\n";
}

int main(int argc, char** argv) { return futex_waitgroup::Main(argc, argv); }
