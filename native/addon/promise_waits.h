// The promise waits of one environment.
//
// lib/waits/pending.ts keeps the view of each pending wait alive until the wait
// or the environment ends. So this code need not keep the memory alive.
#pragma once

#include <node_api.h>

#include <atomic>
#include <cstdint>
#include <vector>

#include "../core/promise_table.h"
#include "../core/wait_group.h"
#include "environment.h"

namespace futex_waitgroup {

// Everything except Notify() runs on the environment's thread only.
//
// A release by this very thread, and one by another:
//
//   T1 (this thread)                       T2 (any other)
//   a: FinishAdd() queues waiters;         x: queues waiters; calls Notify() if
//      Notify() only sets a flag              nothing is notified
//   b: Collect(), in a microtask, takes
//      the queue
//
// If x is between a and b, T2 does not notify, and b collects its waiters too.
// If x is before a, a does not notify, and the loop collects for both.
//
// The thread-safe function is created at the first wait. Other threads
// call it only while the queue is open, under its lock. It is never released:
// that would abort the process during or after teardown (nodejs/node#65100).
// Node closes it with the environment. Cleanup hooks run in reverse order, and
// ours is added after the thread-safe function's own: the queue is closed
// first.
class PromiseWaits : public LoopQueue {
 public:
  // The maximum number of results per call of Collect().
  static constexpr size_t kBatch = 512;

  explicit PromiseWaits(napi_env env) : env_(env) {}

  // Null before startPromises().
  static PromiseWaits* Of(napi_env env) {
    Environment* environment = Environment::Of(env);
    return environment == nullptr ? nullptr : environment->promise_waits;
  }

  // Returns false if an argument is wrong or Node refuses.
  bool Start(napi_value on_released, napi_value results,
             napi_value on_poll_phase, napi_value on_released_here);

  // Begins a wait. Returns its id, which is above 0; or the negative of a
  // Result if the wait has ended at once.
  int64_t Begin(Memory* memory);

  // Calls FinishAdd() of `group`. If that releases waits of this thread, they
  // need no turn of the loop: calls onReleasedHere().
  Result FinishAdd(WaitGroup group, int32_t delta, uint64_t state);

  // Ends waits that were released. Writes their ids and results, kBatch at
  // most, and returns their number.
  int32_t Collect();

  // Ends a wait. Returns kInterrupted; or kOk or kReused if the wait was
  // already released.
  Result Cancel(uint32_t id);

  // Whether a wait on this group is pending.
  bool IsAwaited(const Memory* memory) const;

  // Whether pending waits keep the loop alive.
  void Ref(bool ref);

  // Makes the loop call onPollPhase() in its next poll phase. While a timer or
  // an immediate runs, uv_loop_alive() can miss others; in that phase none
  // runs.
  void CallInPollPhase();

 protected:
  void Notify() override;

 private:
  // A waiter and its promise.
  struct Wait : PromiseWaiter {
    using PromiseWaiter::PromiseWaiter;
    uint32_t id = 0;
    // The wait has taken its permit, and `result` is final.
    bool released = false;
    Result result = Result::kOk;
  };

  static void OnLoop(napi_env env, napi_value, void*, void* look);
  static void OnCleanup(void* data);

  bool Call(napi_ref function) const;
  void CollectReleased();
  void Teardown();
  void Free(Wait* wait);

  napi_env env_;
  // The environment's thread while it is in FinishAdd(), else 0.
  std::atomic<uintptr_t> releasing_thread_{0};
  // Notify() was called by that thread.
  bool must_deliver_ = false;
  napi_threadsafe_function function_ = nullptr;
  napi_ref on_released_ = nullptr;
  napi_ref on_poll_phase_ = nullptr;
  napi_ref on_released_here_ = nullptr;
  // Keeps `results_` alive.
  napi_ref results_view_ = nullptr;
  int32_t* results_ = nullptr;
  // By id - 1; null if the id is free.
  std::vector<PromiseWaiter*> waits_;
  std::vector<uint32_t> free_ids_;
  // What the cancels of this environment have left together.
  int patience_ = WaitGroup::kPatience;
  // The released waits whose results are not yet delivered.
  PromiseWaiterList released_;
};

}  // namespace futex_waitgroup
