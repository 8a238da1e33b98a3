// Promise waiters and blocked ones on plain threads, at random, with an exact
// check in every generation. The event loop is a queue of our own.
//
//   promise_stress <seconds> [<seed>]
//
// Doubles its work until its time is up. Prints its seed first, what it has
// done last; a failed check prints where and ends with status 1. A lost wake
// shows as a hang, which the caller's kill timer ends. Half of the work is done
// under forced schedules (forced.h), with all groups in one shard.
#include <atomic>
#include <chrono>
#include <cinttypes>
#include <condition_variable>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "check.h"
#include "core/promise_table.h"
#include "core/wait_group.h"
#include "forced.h"

namespace futex_waitgroup {
namespace {

// xorshift64*: small, and the same everywhere.
class Random {
 public:
  explicit Random(uint64_t seed)
      : state_(seed * 0x9e3779b97f4a7c15 + 0x1234567) {}

  // 0 to n - 1.
  uint32_t Below(uint32_t n) {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    uint64_t next =
        static_cast<uint32_t>((state_ * uint64_t{0x2545f4914f6cdd1d}) >> 32);
    return static_cast<uint32_t>((next * n) >> 32);
  }
  bool OneIn(uint32_t n) { return Below(n) == 0; }

 private:
  uint64_t state_;
};

struct Totals {
  std::atomic<uint64_t> generations{0};
  std::atomic<uint64_t> released{0};
  std::atomic<uint64_t> cancelled{0};
  std::atomic<uint64_t> spurious{0};  // woken, and no permit
  std::atomic<uint64_t> closed{0};    // loops closed with waiters pending
  // Those of them that began while a release of their group was under way.
  std::atomic<uint64_t> closed_in_release{0};
  // Registered while a shard is forced: there, and not there.
  std::atomic<uint64_t> in_one_shard{0};
  std::atomic<uint64_t> elsewhere{0};
  std::atomic<uint64_t> blocked{0};
};
Totals totals;

void Count(std::atomic<uint64_t>* total) {
  total->fetch_add(1, std::memory_order_relaxed);
}

constexpr size_t kForcedShard = 0;

// The groups of the rings that run at once: side by side, or in one shard.
class Groups {
 public:
  explicit Groups(bool in_one_shard) : in_one_shard_(in_one_shard) {}

  Memory* Take() {
    for (;;) {
      Memory* memory = &memory_.at(taken_++);
      if (!in_one_shard_ ||
          PromiseTable::ShardOf(&memory->sema) == kForcedShard) {
        return memory;
      }
    }
  }

 private:
  const bool in_one_shard_;
  std::vector<Memory> memory_{16 * PromiseTable::kShards};
  size_t taken_ = 0;
};

// What addon/promise_waits.cc is in Node, reduced to the table's side of it.
class Loop : public LoopQueue {
 public:
  ~Loop() override { CHECK(waiters_.empty()); }

  // One more waiter, unless it is over at once.
  void Begin(Memory* memory) {
    if (!WaitGroup(memory).BecomeWaiter()) return;
    auto waiter = std::make_unique<PromiseWaiter>(memory, this);
    if (PromiseTable::TryAcquireOrRegister(waiter.get())) {
      CHECK(WaitGroup(memory).CheckReuse() == Result::kOk);
      Count(&totals.released);
      return;
    }
    waiters_.push_back(waiter.release());
    if (forced.enabled.load(std::memory_order_relaxed)) {
      Count(PromiseTable::ShardOf(&memory->sema) == kForcedShard
                ? &totals.in_one_shard
                : &totals.elsewhere);
    }
  }

  size_t pending() const { return waiters_.size(); }

  void CancelOne(Random* random) {
    size_t i = random->Below(static_cast<uint32_t>(waiters_.size()));
    PromiseTable::Unregister(waiters_[i]);
    Finish(i, WaitGroup(waiters_[i]->memory).Cancel(Result::kInterrupted));
  }

  // One turn, at most this long; settles what was swept.
  void Turn(std::chrono::microseconds patience) {
    {
      std::unique_lock<std::mutex> lock(mutex_);
      condition_.wait_for(lock, patience, [this] { return notified_; });
      notified_ = false;
    }
    PromiseWaiterList queue = Take();
    while (PromiseWaiter* waiter = queue.PopFront()) {
      waiter->place = PromiseWaiter::Place::kNowhere;
      if (!Semaphore(&waiter->memory->sema).TryAcquire()) {
        Count(&totals.spurious);
        if (!PromiseTable::TryAcquireOrRegister(waiter)) continue;
      }
      size_t i = 0;
      while (waiters_[i] != waiter) i++;
      Finish(i, WaitGroup(waiter->memory).CheckReuse());
    }
  }

  void CloseAll() {
    if (!waiters_.empty()) {
      Count(&totals.closed);
      if (forced.IsReleasing(waiters_[0]->memory)) {
        Count(&totals.closed_in_release);
      }
    }
    Close(waiters_);
    while (!waiters_.empty()) {
      Memory* memory = waiters_[0]->memory;
      Finish(0, WaitGroup(memory).Cancel(Result::kInterrupted));
    }
  }

 protected:
  void Notify() override {
    std::lock_guard<std::mutex> lock(mutex_);
    notified_ = true;
    condition_.notify_one();
  }

 private:
  void Finish(size_t i, Result result) {
    CHECK(result == Result::kOk || result == Result::kInterrupted);
    Count(result == Result::kOk ? &totals.released : &totals.cancelled);
    delete waiters_[i];
    waiters_.erase(waiters_.begin() + static_cast<ptrdiff_t>(i));
  }

  std::vector<PromiseWaiter*> waiters_;
  std::mutex mutex_;
  std::condition_variable condition_;
  bool notified_ = false;
};

// Generations of threads that all work and all wait, on a ring of three groups.
// In generation g one thread readies the group of g + 1 before its own Done():
// it has returned from the waits of g - 1, so all have begun g - 1, so all have
// returned from those of g - 2, which used that same group. So the reuse is
// legal, and the group must be idle then, to the bit.
class Ring {
 public:
  // `only_waits`: no thread cancels, closes its loop, or wakes for nothing. Any
  // of these finds a release again that was lost.
  Ring(uint32_t threads, uint64_t generations, uint64_t seed, Groups* groups,
       bool only_waits)
      : threads_(threads),
        generations_(generations),
        seed_(seed),
        only_waits_(only_waits) {
    for (Slot& slot : slots_) {
      slot.memory = groups->Take();
      slot.data.resize(threads);
    }
  }

  void Run() {
    WaitGroup(slots_[0].memory).Add(static_cast<int32_t>(threads_));
    std::vector<std::thread> all;
    for (uint32_t i = 0; i < threads_; i++) {
      all.emplace_back([this, i] { Thread(i); });
    }
    for (std::thread& thread : all) thread.join();
    for (const Slot& slot : slots_) CheckIdle(*slot.memory);
    totals.generations.fetch_add(generations_, std::memory_order_relaxed);
  }

 private:
  struct Slot {
    Memory* memory;
    // Plain: the waits make them visible.
    std::vector<uint64_t> data;
  };

  static void CheckIdle(const Memory& memory) {
    CHECK(memory.state.load(std::memory_order_relaxed) == 0);
    CHECK(memory.sema.load(std::memory_order_relaxed) == 0);
  }

  void Thread(uint32_t index) {
    Random random(seed_ * 1000 + index);
    auto loop = std::make_unique<Loop>();
    for (uint64_t g = 0; g < generations_; g++) {
      Slot& slot = slots_[g % kSlots];
      Slot& next = slots_[(g + 1) % kSlots];
      slot.data[index] = g;
      // Before its own Done() they must wait, after it they may.
      for (uint32_t i = random.Below(4); i > 0; i--) loop->Begin(slot.memory);
      if (g % threads_ == index && g + 1 < generations_) {
        CheckIdle(*next.memory);
        WaitGroup(next.memory).Add(static_cast<int32_t>(threads_));
      }
      const bool may_cancel = !only_waits_ && loop->pending() > 0;
      if (may_cancel && random.OneIn(8)) loop->CancelOne(&random);
      CHECK(WaitGroup(slot.memory).Done() == Result::kOk);
      for (uint32_t i = random.Below(3); i > 0; i--) loop->Begin(slot.memory);
      // Closes the loop while the last Done() of another thread releases.
      if (!only_waits_ && loop->pending() > 0 && random.OneIn(8)) {
        UntilAtMost(random.OneIn(2) ? 1 : 0, WaitGroup(slot.memory));
        loop->CloseAll();
        loop = std::make_unique<Loop>();
      }
      // A wake for nothing: any address, at any time.
      if (!only_waits_ && random.OneIn(4)) {
        PromiseTable::Wake(&slots_[random.Below(kSlots)].memory->sema);
      }
      bool through = false;
      if (random.OneIn(3)) {
        CHECK(WaitGroup(slot.memory).Wait() == Result::kOk);
        Count(&totals.blocked);
        through = true;
      }
      while (loop->pending() > 0) {
        if (!only_waits_ && random.OneIn(16)) {
          loop->CancelOne(&random);
        } else if (!only_waits_ && random.OneIn(64)) {
          loop->CloseAll();
          loop = std::make_unique<Loop>();
        } else {
          loop->Turn(std::chrono::microseconds(random.Below(200)));
        }
      }
      // All may have been cancelled; the generation is over at zero only.
      if (!through) CHECK(WaitGroup(slot.memory).Wait() == Result::kOk);
      for (uint64_t value : slot.data) CHECK(value == g);
    }
    loop->CloseAll();
  }

  static constexpr uint32_t kSlots = 3;
  const uint32_t threads_;
  const uint64_t generations_;
  const uint64_t seed_;
  const bool only_waits_;
  Slot slots_[kSlots];
};

int Main(int argc, char** argv) {
  double seconds = argc > 1 ? std::atof(argv[1]) : 1;
  uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10)
                           : static_cast<uint64_t>(Deadline::Now());
  std::printf("seed %" PRIu64 "\n", seed);
  std::fflush(stdout);
  Deadline end = Deadline::In(seconds * 1000);
  uint64_t generations = 32;
  SignalStorm storm;
  for (; !end.Passed(); generations *= 2) {
    for (uint32_t round = 0; round < 8; round++) {
      constexpr uint32_t kThreads[] = {2, 3, 5, 2};
      forced.enabled = round % 2 != 0;
      Groups groups(forced.enabled);
      if (round < 6) {
        // Two at once share the shards, or one, and nothing else.
        Ring one(kThreads[round / 2], generations, seed++, &groups, false);
        Ring two(2, generations, seed++, &groups, false);
        std::thread other([&two] { two.Run(); });
        one.Run();
        other.join();
      } else {
        Ring(kThreads[round / 2], generations, seed++, &groups, true).Run();
      }
      if (end.Passed()) break;
    }
  }
  auto print = [](const char* name, const std::atomic<uint64_t>& total) {
    std::printf("%s %" PRIu64 "\n", name, total.load());
  };
  print("generations", totals.generations);
  print("released", totals.released);
  print("cancelled", totals.cancelled);
  print("woken for nothing", totals.spurious);
  print("closed", totals.closed);
  print("closed during a release", totals.closed_in_release);
  print("blocked", totals.blocked);
  print("waits in one shard", totals.in_one_shard);
  print("spurious wakes", forced.spurious);
  print("wakes by signals", forced.signals);
  CHECK(totals.closed_in_release > 0);
  CHECK(totals.in_one_shard > 0 && totals.elsewhere == 0);
  CHECK(forced.spurious > 0 && forced.signals > 0);
  return 0;
}

}  // namespace
}  // namespace futex_waitgroup

int main(int argc, char** argv) { return futex_waitgroup::Main(argc, argv); }
