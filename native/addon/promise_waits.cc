#include "promise_waits.h"

#include "../platform/system.h"
#include "napi_helpers.h"

namespace futex_waitgroup {

bool PromiseWaits::Start(napi_value on_released, napi_value results,
                         napi_value on_poll_phase,
                         napi_value on_released_here) {
  napi_value name = nullptr;
  results_ = static_cast<int32_t*>(AddressOfView(env_, results, 2 * kBatch));
  if (results_ == nullptr ||
      napi_create_reference(env_, on_released, 1, &on_released_) != napi_ok ||
      napi_create_reference(env_, on_poll_phase, 1, &on_poll_phase_) !=
          napi_ok ||
      napi_create_reference(env_, on_released_here, 1, &on_released_here_) !=
          napi_ok ||
      napi_create_reference(env_, results, 1, &results_view_) != napi_ok ||
      napi_create_string_utf8(env_, "futex-waitgroup", NAPI_AUTO_LENGTH,
                              &name) != napi_ok ||
      napi_create_threadsafe_function(env_, nullptr, nullptr, name, 0, 1,
                                      nullptr, nullptr, nullptr, OnLoop,
                                      &function_) != napi_ok) {
    return false;
  }
  // No wait is pending yet.
  return napi_unref_threadsafe_function(env_, function_) == napi_ok &&
         napi_add_env_cleanup_hook(env_, OnCleanup, this) == napi_ok;
}

int64_t PromiseWaits::Begin(Memory* memory) {
  WaitGroup group(memory);
  if (!group.BecomeWaiter()) return -static_cast<int64_t>(Result::kOk);
  auto* wait = new Wait(memory, this);
  if (PromiseTable::TryAcquireOrRegister(wait)) {
    delete wait;
    return -static_cast<int64_t>(group.CheckReuse());
  }
  const bool is_first = free_ids_.size() == waits_.size();
  if (is_first) Ref(true);
  if (free_ids_.empty()) {
    waits_.push_back(wait);
    wait->id = static_cast<uint32_t>(waits_.size());
  } else {
    wait->id = free_ids_.back();
    free_ids_.pop_back();
    waits_[wait->id - 1] = wait;
  }
  return wait->id;
}

void PromiseWaits::Free(Wait* wait) {
  waits_[wait->id - 1] = nullptr;
  free_ids_.push_back(wait->id);
  delete wait;
  if (free_ids_.size() == waits_.size()) {
    // None is pending. Frees the memory that a burst of waits may have used.
    std::vector<PromiseWaiter*>().swap(waits_);
    std::vector<uint32_t>().swap(free_ids_);
    Ref(false);
  }
}

Result PromiseWaits::FinishAdd(WaitGroup group, int32_t delta, uint64_t state) {
  must_deliver_ = false;
  releasing_thread_.store(CurrentThread(), std::memory_order_relaxed);
  const Result result = group.FinishAdd(delta, state);
  releasing_thread_.store(0, std::memory_order_relaxed);
  if (!must_deliver_ || Call(on_released_here_)) return result;
  // The stack is at its end, or the program has replaced Promise's methods.
  bool is_pending = false;
  napi_value exception = nullptr;
  napi_is_exception_pending(env_, &is_pending);
  if (is_pending) napi_get_and_clear_last_exception(env_, &exception);
  Notify();
  return result;
}

Result PromiseWaits::Cancel(uint32_t id) {
  const size_t index = size_t{id} - 1;
  // An unused id is a bug in lib/, but must not crash the process.
  if (index >= waits_.size() || waits_[index] == nullptr) return Result::kOk;
  auto* wait = static_cast<Wait*>(waits_[index]);
  Result result = wait->result;
  if (wait->released) {
    released_.Remove(wait);
  } else {
    PromiseTable::Unregister(wait);
    result = WaitGroup(wait->memory).Cancel(Result::kInterrupted, &patience_);
    if (result != Result::kInterrupted) {
      // This wait was released, and so were the others on its group. They must
      // check for reuse before this one's continuation can use the group again.
      // Their results are delivered on the loop, which the release notifies.
      // This reaches only this module's table: waits in other copies are
      // collected in those copies' own callbacks.
      PromiseTable::Wake(&wait->memory->sema);
      CollectReleased();
    }
  }
  Free(wait);
  return result;
}

bool PromiseWaits::IsAwaited(const Memory* memory) const {
  for (const PromiseWaiter* waiter : waits_) {
    if (waiter != nullptr && waiter->memory == memory) return true;
  }
  return false;
}

void PromiseWaits::Ref(bool ref) {
  if (ref) {
    napi_ref_threadsafe_function(env_, function_);
  } else {
    napi_unref_threadsafe_function(env_, function_);
  }
}

// A null argument stands for Notify(), any other for CallInPollPhase(). If the
// call fails, Node is closing the function: the cleanup hook cancels the waits.
// relaxed: a thread can only find its own number here if it has stored it.
void PromiseWaits::Notify() {
  if (releasing_thread_.load(std::memory_order_relaxed) == CurrentThread()) {
    must_deliver_ = true;
    return;
  }
  napi_call_threadsafe_function(function_, nullptr, napi_tsfn_nonblocking);
}

void PromiseWaits::CallInPollPhase() {
  napi_call_threadsafe_function(function_, this, napi_tsfn_nonblocking);
}

void PromiseWaits::OnLoop(napi_env env, napi_value, void*, void* look) {
  // Null if the function is being closed, after OnCleanup().
  if (env == nullptr) return;
  PromiseWaits* waits = Of(env);
  if (waits == nullptr) return;
  if (look == nullptr) {
    waits->Call(waits->on_released_);
  } else {
    waits->Call(waits->on_poll_phase_);
  }
}

// Lets every released wait of this loop take its permit and check for reuse.
// All do so before the first promise is resolved: else a continuation that uses
// the group again would make the other waits of its generation report a reuse.
void PromiseWaits::CollectReleased() {
  Memory* last = nullptr;
  for (PromiseWaiterList queue = Take(); !queue.empty(); queue = Take()) {
    while (PromiseWaiter* waiter = queue.PopFront()) {
      waiter->place = PromiseWaiter::Place::kNowhere;
      Memory* memory = waiter->memory;
      // After a spurious wake there is no permit. Registering again may find
      // one.
      if (!Semaphore(&memory->sema).TryAcquire() &&
          !PromiseTable::TryAcquireOrRegister(waiter)) {
        continue;
      }
      auto* wait = static_cast<Wait*>(waiter);
      wait->result = WaitGroup(memory).CheckReuse();
      wait->released = true;
      released_.PushBack(wait);
      // All waits of this generation have permits, but the release may not have
      // reached them yet. Only this module's table, as in Cancel().
      if (memory != last) PromiseTable::Wake(&memory->sema);
      last = memory;
    }
  }
}

// Calls a function of lib/. Returns false if it has thrown, or if this thread
// is being terminated.
bool PromiseWaits::Call(napi_ref function) const {
  napi_value undefined = nullptr;
  napi_value callee = nullptr;
  napi_get_undefined(env_, &undefined);
  napi_get_reference_value(env_, function, &callee);
  return napi_call_function(env_, undefined, callee, 0, nullptr, nullptr) ==
         napi_ok;
}

int32_t PromiseWaits::Collect() {
  if (released_.empty()) CollectReleased();
  int32_t count = 0;
  while (count < static_cast<int32_t>(kBatch)) {
    auto* wait = static_cast<Wait*>(released_.PopFront());
    if (wait == nullptr) break;
    results_[2 * count] = static_cast<int32_t>(wait->id);
    results_[2 * count + 1] = -static_cast<int32_t>(wait->result);
    count++;
    Free(wait);
  }
  return count;
}

void PromiseWaits::Teardown() {
  Close(waits_);
  for (PromiseWaiter* waiter : waits_) {
    if (waiter == nullptr) continue;
    auto* wait = static_cast<Wait*>(waiter);
    // Released or cancelled, the waiter is not counted, and no permit is left.
    if (!wait->released) {
      WaitGroup(wait->memory).Cancel(Result::kInterrupted, &patience_);
    }
    delete wait;
  }
}

void PromiseWaits::OnCleanup(void* data) {
  auto* waits = static_cast<PromiseWaits*>(data);
  waits->Teardown();
  Environment::Of(waits->env_)->promise_waits = nullptr;
  delete waits;
}

}  // namespace futex_waitgroup
