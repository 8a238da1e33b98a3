// Guards: each owns one count, and counts down when it is released or when its
// environment ends. Node runs the cleanup hook of the environment when a worker
// ends, throws, exits, is terminated or reaches its heap limit.
//
// A guard keeps its memory alive by references, created in the same call as the
// guard. A list in JavaScript would be too late: the thread may be terminated
// before the next call, and the memory collected before the hook runs.
//
// lib/binding/addon.ts documents the functions.
#include <atomic>
#include <cstdint>
#include <map>

#include "../core/poll_schedule.h"
#include "../core/wait_group.h"
#include "environment.h"
#include "napi_helpers.h"
#include "thread_record.h"

namespace futex_waitgroup {

namespace {

// `environment`: as ThreadRecord::parent has it.
void AlertWaitsOf(uint64_t environment) {
  PollSchedule::Alert(
      reinterpret_cast<const void*>(static_cast<uintptr_t>(environment)));
}

struct Guard {
  Memory* group = nullptr;
  // Null for wg.guard(), whose count has one owner from the start.
  ThreadRecord* record = nullptr;
  // The owner that this guard acts for.
  Owner self = Owner::kThread;
  // To the two views. Node-API deletes them with the environment, after our
  // hook, which was added later.
  napi_ref group_reference = nullptr;
  napi_ref record_reference = nullptr;

  void DropReferences(napi_env env) const {
    if (group_reference != nullptr) napi_delete_reference(env, group_reference);
    if (record_reference != nullptr) {
      napi_delete_reference(env, record_reference);
    }
  }

  // Counts down, if this guard still owns the count.
  Result Release() const {
    if (record == nullptr) return WaitGroup(group).Done();
    Owner owner = self;
    // acq_rel: orders the exchanges of both sides, and what each did before.
    if (!record->owner.compare_exchange_strong(owner, Owner::kNobody,
                                               std::memory_order_acq_rel,
                                               std::memory_order_acquire)) {
      return Result::kOk;
    }
    const uint64_t parent = record->parent;
    Result result = WaitGroup(group).Done();
    WaitGroup(&record->join).Done();
    // A wait for another group may end with this thread: wait({ thread }).
    AlertWaitsOf(parent);
    return result;
  }
};

}  // namespace

// The guards of one environment. Used on its thread only.
class Guards {
 public:
  // Returns null, with an exception pending, if Node accepts no cleanup hook.
  static Guards* Of(napi_env env) {
    Guards*& guards = Environment::Of(env)->guards;
    if (guards == nullptr) {
      guards = new Guards;
      if (napi_add_env_cleanup_hook(env, OnCleanup, &guards) != napi_ok) {
        delete guards;
        guards = nullptr;
        napi_throw_error(env, nullptr, "futex-waitgroup: no cleanup hook");
      }
    }
    return guards;
  }

  // Returns the guard's id, which is above 0.
  int64_t Add(const Guard& guard) {
    guards_.emplace(++last_id_, guard);
    return last_id_;
  }

  // Removes the guard and counts down. Unknown ids are already released.
  Result Release(napi_env env, int64_t id) {
    auto found = guards_.find(id);
    if (found == guards_.end()) return Result::kOk;
    Guard guard = found->second;
    guards_.erase(found);
    Result result = guard.Release();
    guard.DropReferences(env);
    return result;
  }

 private:
  // Last in, first out: a spawned thread's own guard, which was added before
  // its script ran, is released last. A hook cannot throw: if the counter goes
  // negative, it stays so, as in Go.
  static void OnCleanup(void* data) {
    Guards*& guards = *static_cast<Guards**>(data);
    for (auto guard = guards->guards_.rbegin(); guard != guards->guards_.rend();
         ++guard) {
      guard->second.Release();
    }
    delete guards;
    guards = nullptr;
  }

  std::map<int64_t, Guard> guards_;
  int64_t last_id_ = 0;
};

namespace {

// Fills `guard` from a view of a group and, unless `self` is kNobody, of a
// ThreadRecord, and references them. Returns the environment's guards; null,
// with an exception pending, if that fails.
Guards* InitGuard(const Napi::CallbackInfo& info, Owner self, Guard* guard) {
  napi_env env = info.Env();
  const bool has_record = self != Owner::kNobody;
  Guards* guards = Guards::Of(env);
  if (guards == nullptr) return nullptr;
  guard->self = self;
  guard->group = MemoryOfView(env, info[0]);
  if (has_record) {
    guard->record = static_cast<ThreadRecord*>(
        AddressOfView(env, info[1], sizeof(ThreadRecord) / sizeof(int32_t)));
  }
  if (guard->group == nullptr || (has_record && guard->record == nullptr) ||
      napi_create_reference(env, info[0], 1, &guard->group_reference) !=
          napi_ok ||
      (has_record &&
       napi_create_reference(env, info[1], 1, &guard->record_reference) !=
           napi_ok)) {
    guard->DropReferences(env);
    ThrowBadArguments(env);
    return nullptr;
  }
  return guards;
}

// guard(view): id.
napi_value NewGuard(const Napi::CallbackInfo& info) {
  Guard guard;
  Guards* guards = InitGuard(info, Owner::kNobody, &guard);
  if (guards == nullptr) return nullptr;
  return ToJs(info.Env(), guards->Add(guard));
}

// ownForThread(view, record): id | -Result. Adds the count and owns it in one
// call: the parent may be a worker that is terminated between two calls.
napi_value OwnForThread(const Napi::CallbackInfo& info) {
  Guard guard;
  Guards* guards = InitGuard(info, Owner::kParent, &guard);
  if (guards == nullptr) return nullptr;
  Result result = WaitGroup(guard.group).Add(1);
  if (result != Result::kOk) {
    guard.DropReferences(info.Env());
    return ToJs(info.Env(), result);
  }
  WaitGroup(&guard.record->join).Add(1);
  guard.record->parent =
      reinterpret_cast<uintptr_t>(Environment::Of(info.Env()));
  return ToJs(info.Env(), guards->Add(guard));
}

// takeOverInThread(view, record): boolean.
napi_value TakeOverInThread(const Napi::CallbackInfo& info) {
  Guard guard;
  Guards* guards = InitGuard(info, Owner::kThread, &guard);
  if (guards == nullptr) return nullptr;
  Owner owner = Owner::kParent;
  // acq_rel: as in Guard::Release().
  if (!guard.record->owner.compare_exchange_strong(owner, Owner::kThread,
                                                   std::memory_order_acq_rel,
                                                   std::memory_order_acquire)) {
    guard.DropReferences(info.Env());
    return Napi::Boolean::New(info.Env(), false);
  }
  Environment::Of(info.Env())->parent = guard.record->parent;
  // No JavaScript runs between the two, so termination cannot separate them.
  guards->Add(guard);
  return Napi::Boolean::New(info.Env(), true);
}

// alertParent(): void.
napi_value AlertParent(const Napi::CallbackInfo& info) {
  AlertWaitsOf(Environment::Of(info.Env())->parent);
  return nullptr;
}

// release(id): 0 | -Result.
napi_value Release(const Napi::CallbackInfo& info) {
  if (!info[0].IsNumber()) return ThrowBadArguments(info.Env());
  Guards* guards = Guards::Of(info.Env());
  if (guards == nullptr) return nullptr;
  int64_t id = info[0].As<Napi::Number>().Int64Value();
  return ToJs(info.Env(), guards->Release(info.Env(), id));
}

}  // namespace

void ExportStart(napi_env env, napi_value exports) {
  Export(env, exports, "takeOverInThread", Callback<TakeOverInThread>);
  Export(env, exports, "alertParent", Callback<AlertParent>);
}

void ExportGuards(napi_env env, napi_value exports, napi_value constants) {
  Export(env, exports, "guard", Callback<NewGuard>);
  Export(env, exports, "ownForThread", Callback<OwnForThread>);
  Export(env, exports, "release", Callback<Release>);
  Export(env, constants, "RECORD_BYTES", sizeof(ThreadRecord));
  Export(env, constants, "OWNER",
         offsetof(ThreadRecord, owner) / sizeof(int32_t));
  Export(env, constants, "OWNER_PARENT", static_cast<int>(Owner::kParent));
  Export(env, constants, "OWNER_NOBODY", static_cast<int>(Owner::kNobody));
}

}  // namespace futex_waitgroup
