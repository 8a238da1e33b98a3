// Promise waits: one event loop's waiters, and how it learns of wakes.
//
// What a pending wait points to is kept alive in JavaScript
// (lib/promise-wait.ts holds the view of every pending wait, and the
// environment holds that module's function), so that nothing here has to.
#include <node_api.h>

#include <cstdint>
#include <vector>

#include "../core/copies.h"
#include "../core/promise_table.h"
#include "addon.h"

namespace futex_waitgroup {

// How many results cross into JavaScript in one call.
static constexpr size_t kBatch = 512;

// The promise waits of one environment. All of it belongs to that environment's
// thread, but for Notify().
//
// The thread-safe function is made at the first wait, is called only under the
// dispatcher's lock while that is open, and is never released by us: to release
// one during or after teardown aborts the process (nodejs/node#65100). Node
// closes it with the environment. Cleanup hooks run last in, first out: ours is
// added after the thread-safe function has added its own, so that the
// dispatcher is closed before there is nothing left to call.
class PromiseWaits : public Dispatcher {
 public:
  explicit PromiseWaits(napi_env env) : env_(env) {}

  // Null before startPromises().
  static PromiseWaits* Of(napi_env env) {
    AddonData* data = AddonData::Of(env);
    return data == nullptr ? nullptr : data->promise_waits;
  }

  bool Start(napi_value settle, napi_value results, napi_value look);

  // A slot, or -1 - Result where the wait is over at once.
  int64_t Begin(Memory* memory);
  Result Cancel(uint32_t slot);
  void Ref(bool ref);
  // Calls look() in the loop's next poll phase, where no timer and no immediate
  // is running: they hide others of their kind from uv_loop_alive().
  void LookSoon() {
    napi_call_threadsafe_function(function_, this, napi_tsfn_nonblocking);
  }

 protected:
  void Notify() override {
    // Anything but ok means that the environment is closing the function: its
    // cleanup hook takes care of the waiters.
    napi_call_threadsafe_function(function_, nullptr, napi_tsfn_nonblocking);
  }

 private:
  // Null where the function is being closed: after OnCleanup().
  static void OnLoop(napi_env env, napi_value, void*, void* look) {
    if (env == nullptr) return;
    PromiseWaits* waits = Of(env);
    if (waits == nullptr) return;
    if (look == nullptr) {
      waits->Settle();
    } else {
      waits->Call(waits->look_, nullptr);
    }
  }
  static void OnCleanup(void* data) {
    auto* waits = static_cast<PromiseWaits*>(data);
    waits->Teardown();
    AddonData::Of(waits->env_)->promise_waits = nullptr;
    delete waits;
  }

  // Calls a function of lib/ with one argument, or none.
  void Call(napi_ref function, napi_value argument) const;
  void Decide();
  void Settle();
  void Teardown();
  void Free(PromiseWaiter* waiter);

  napi_env env_;
  napi_threadsafe_function function_ = nullptr;
  napi_ref settle_ = nullptr;
  napi_ref look_ = nullptr;
  // Holds `results_` alive.
  napi_ref results_view_ = nullptr;
  int32_t* results_ = nullptr;
  // By slot; null where free.
  std::vector<PromiseWaiter*> waiters_;
  std::vector<uint32_t> free_slots_;
  // Have taken their permits; only JavaScript is still to be told.
  PromiseWaiterList decided_;
};

bool PromiseWaits::Start(napi_value settle, napi_value results,
                         napi_value look) {
  napi_typedarray_type type;
  size_t length = 0;
  void* data = nullptr;
  napi_value name = nullptr;
  if (napi_get_typedarray_info(env_, results, &type, &length, &data, nullptr,
                               nullptr) != napi_ok ||
      type != napi_int32_array || length != 2 * kBatch ||
      napi_create_reference(env_, settle, 1, &settle_) != napi_ok ||
      napi_create_reference(env_, look, 1, &look_) != napi_ok ||
      napi_create_reference(env_, results, 1, &results_view_) != napi_ok ||
      napi_create_string_utf8(env_, "futex-waitgroup", NAPI_AUTO_LENGTH,
                              &name) != napi_ok ||
      napi_create_threadsafe_function(env_, nullptr, nullptr, name, 0, 1,
                                      nullptr, nullptr, nullptr, OnLoop,
                                      &function_) != napi_ok) {
    return false;
  }
  results_ = static_cast<int32_t*>(data);
  // Nothing is pending yet, and nothing may be kept alive.
  return napi_unref_threadsafe_function(env_, function_) == napi_ok &&
         napi_add_env_cleanup_hook(env_, OnCleanup, this) == napi_ok;
}

int64_t PromiseWaits::Begin(Memory* memory) {
  WaitGroup group(memory);
  if (!group.BecomeWaiter()) return -1 - static_cast<int64_t>(Result::kOk);
  auto* waiter = new PromiseWaiter(memory, this);
  if (PromiseTable::RegisterUnlessPermit(waiter)) {
    delete waiter;
    return -1 - static_cast<int64_t>(group.CheckReuse());
  }
  // A pending wait keeps the loop alive, until lib/ says otherwise.
  if (free_slots_.size() == waiters_.size()) Ref(true);
  if (free_slots_.empty()) {
    waiter->slot = static_cast<uint32_t>(waiters_.size());
    waiters_.push_back(waiter);
  } else {
    waiter->slot = free_slots_.back();
    free_slots_.pop_back();
    waiters_[waiter->slot] = waiter;
  }
  return waiter->slot;
}

void PromiseWaits::Free(PromiseWaiter* waiter) {
  waiters_[waiter->slot] = nullptr;
  free_slots_.push_back(waiter->slot);
  delete waiter;
  if (free_slots_.size() == waiters_.size()) {
    // Nothing pending: a burst of waits leaves nothing behind.
    std::vector<PromiseWaiter*>().swap(waiters_);
    std::vector<uint32_t>().swap(free_slots_);
    Ref(false);
  }
}

Result PromiseWaits::Cancel(uint32_t slot) {
  // JavaScript cancels a wait at most once, and never a settled one; a slot
  // that is nobody's is a bug there, and must not become one here.
  if (slot >= waiters_.size() || waiters_[slot] == nullptr) return Result::kOk;
  PromiseWaiter* waiter = waiters_[slot];
  Result result = waiter->result;
  if (waiter->decided) {
    decided_.Remove(waiter);
  } else {
    PromiseTable::Unregister(waiter);
    result = WaitGroup(waiter->memory).Cancel(Result::kInterrupted);
    if (result != Result::kInterrupted) {
      // It was released after all, and so are its siblings: they have to look
      // at the group before the continuation of this one uses it again. They
      // are told on the loop, where their wake is on its way. This table alone:
      // siblings in other copies settle in a callback of their own, which
      // nothing here could bring forward, and their wake is the releaser's.
      PromiseTable::Sweep(&waiter->memory->sema);
      Decide();
    }
  }
  Free(waiter);
  return result;
}

void PromiseWaits::Ref(bool ref) {
  if (ref) {
    napi_ref_threadsafe_function(env_, function_);
  } else {
    napi_unref_threadsafe_function(env_, function_);
  }
}

// Lets every wait of this loop that has been released take its permit and check
// for reuse. All of them, before the first promise is resolved: a continuation
// that uses the group again must not make its siblings look as if they had come
// back too late.
void PromiseWaits::Decide() {
  Memory* last = nullptr;
  for (PromiseWaiterList queue = Take(); !queue.empty(); queue = Take()) {
    while (PromiseWaiter* waiter = queue.PopFront()) {
      waiter->place = PromiseWaiter::Place::kNowhere;
      Memory* memory = waiter->memory;
      // A spurious wake finds no permit, and registers again, which may find
      // one.
      if (!Semaphore(&memory->sema).TryAcquire() &&
          !PromiseTable::RegisterUnlessPermit(waiter)) {
        continue;
      }
      waiter->result = WaitGroup(memory).CheckReuse();
      waiter->decided = true;
      decided_.PushBack(waiter);
      // All of a generation are released at once, but the releaser may still
      // be on its way through the table. This table alone, as in Cancel().
      if (memory != last) PromiseTable::Sweep(&memory->sema);
      last = memory;
    }
  }
}

void PromiseWaits::Call(napi_ref function, napi_value argument) const {
  napi_value undefined = nullptr;
  napi_value callee = nullptr;
  napi_get_undefined(env_, &undefined);
  napi_get_reference_value(env_, function, &callee);
  napi_call_function(env_, undefined, callee, argument == nullptr ? 0 : 1,
                     &argument, nullptr);
}

// On the loop, once for all the waiters that were swept up to now.
void PromiseWaits::Settle() {
  Decide();
  napi_env env = env_;
  // Always from the member: what runs in JavaScript meanwhile (a promise hook)
  // may cancel one of the rest.
  while (!decided_.empty()) {
    int32_t count = 0;
    while (count < static_cast<int32_t>(kBatch)) {
      PromiseWaiter* waiter = decided_.PopFront();
      if (waiter == nullptr) break;
      results_[2 * count] = static_cast<int32_t>(waiter->slot);
      results_[2 * count + 1] = static_cast<int32_t>(waiter->result);
      count++;
      Free(waiter);
    }
    napi_value argument = nullptr;
    napi_create_int32(env, count, &argument);
    // It resolves promises, whose continuations run after this whole batch. It
    // fails only if this thread is being terminated: then nobody is left to
    // tell, and the rest is only to be freed.
    Call(settle_, argument);
    // Some runtimes tear an environment down inside such a call.
    if (Of(env) != this) return;
  }
}

void PromiseWaits::Teardown() {
  Close(waiters_);
  for (PromiseWaiter* waiter : waiters_) {
    if (waiter == nullptr) continue;
    // Whatever comes of it: the state no longer counts it, no permit is left.
    if (!waiter->decided) {
      WaitGroup(waiter->memory).Cancel(Result::kInterrupted);
    }
    delete waiter;
  }
}

namespace {

// startPromises(settle: (count: number) => void, results: Int32Array,
// look: () => void): void. Once per environment, before the first wait.
// `results` has room for 2 * batch numbers: a slot and a Result for each wait
// that settle() is to settle.
napi_value StartPromises(napi_env env, napi_callback_info info) {
  size_t argc = 3;
  napi_value argv[3];
  napi_valuetype type = napi_undefined;
  napi_valuetype look_type = napi_undefined;
  napi_get_cb_info(env, info, &argc, argv, nullptr, nullptr);
  if (PromiseWaits::Of(env) != nullptr ||
      napi_typeof(env, argv[0], &type) != napi_ok || type != napi_function ||
      napi_typeof(env, argv[2], &look_type) != napi_ok ||
      look_type != napi_function) {
    return ThrowBadArguments(env);
  }
  auto* waits = new PromiseWaits(env);
  if (!waits->Start(argv[0], argv[1], argv[2])) {
    delete waits;
    return ThrowBadArguments(env);
  }
  AddonData::Of(env)->promise_waits = waits;
  return nullptr;
}

// waitAsync(view): number. A slot, in use until settle() names it or cancel()
// takes it back; or -1 - Result where the wait is over at once. The caller
// keeps `view` alive for as long as the slot is in use.
napi_value WaitAsync(napi_env env, napi_callback_info info) {
  size_t argc = 1;
  napi_value argv[1];
  napi_get_cb_info(env, info, &argc, argv, nullptr, nullptr);
  Memory* memory = MemoryOfView(env, argv[0]);
  PromiseWaits* waits = PromiseWaits::Of(env);
  if (memory == nullptr || waits == nullptr) return ThrowBadArguments(env);
  napi_value slot = nullptr;
  napi_create_int64(env, waits->Begin(memory), &slot);
  return slot;
}

// cancel(slot): undefined | Result. kInterrupted: it is no waiter any more.
// kOk, kReused: it had been released already.
napi_value Cancel(napi_env env, napi_callback_info info) {
  size_t argc = 1;
  napi_value argv[1];
  uint32_t slot = 0;
  napi_get_cb_info(env, info, &argc, argv, nullptr, nullptr);
  PromiseWaits* waits = PromiseWaits::Of(env);
  if (waits == nullptr ||
      napi_get_value_uint32(env, argv[0], &slot) != napi_ok) {
    return ThrowBadArguments(env);
  }
  return ResultValue(env, waits->Cancel(slot));
}

// ref(on: boolean): void. Whether the waits that are pending now keep the event
// loop alive. At first they do.
napi_value Ref(napi_env env, napi_callback_info info) {
  size_t argc = 1;
  napi_value argv[1];
  bool on = false;
  napi_get_cb_info(env, info, &argc, argv, nullptr, nullptr);
  PromiseWaits* waits = PromiseWaits::Of(env);
  if (waits == nullptr || napi_get_value_bool(env, argv[0], &on) != napi_ok) {
    return ThrowBadArguments(env);
  }
  waits->Ref(on);
  return nullptr;
}

// lookSoon(): void. Makes the loop call look().
napi_value LookSoon(napi_env env, napi_callback_info) {
  PromiseWaits* waits = PromiseWaits::Of(env);
  if (waits == nullptr) return ThrowBadArguments(env);
  waits->LookSoon();
  return nullptr;
}

}  // namespace

void ExportPromiseWaits(napi_env env, napi_value exports) {
  Export(env, exports, "startPromises", StartPromises);
  Export(env, exports, "waitAsync", WaitAsync);
  Export(env, exports, "cancel", Cancel);
  Export(env, exports, "ref", Ref);
  Export(env, exports, "lookSoon", LookSoon);
}

}  // namespace futex_waitgroup
