// Guards: counts that go down when a thread's environment goes away, whatever
// killed the thread. One cleanup hook per environment, which Node runs when a
// worker ends, throws, exits, is terminated or hits its heap limit.
//
// What a guard points to it keeps alive itself, by references that are made in
// the same call. A list in JavaScript would be too late: the thread may be
// terminated between this call and the next one, and the memory collected
// before the hook runs.
#include <node_api.h>

#include <atomic>
#include <cstdint>
#include <map>

#include "addon.h"

namespace futex_waitgroup {

namespace {

// The shared memory of one spawned thread, beside the group it counts on
// (lib/layout.ts has the same layout).
//
//   starting ──────> guarded ──────> released
//       │  preload            hook of the thread's own environment
//       └──────────────────────────> released
//          the parent: terminate(), the exit event, its own environment's end
//
// Whoever makes the step to `released` counts down; so exactly one does.
struct ThreadCell {
  enum Phase : int32_t { kStarting = 0, kGuarded = 1, kReleased = 2 };

  // Counts 1 while the thread is there: what Thread.join() waits for. It goes
  // to zero last: who sees that, sees all that this thread ever counted.
  Memory join;
  std::atomic<int32_t> phase;
  int32_t reserved[3];
};
static_assert(sizeof(ThreadCell) == 32, "lib/layout.ts counts on it");

struct Guard {
  Memory* group = nullptr;
  // Null for a plain guard(): its count is its own.
  ThreadCell* cell = nullptr;
  // The phase in which the count is this guard's to take down.
  ThreadCell::Phase mine = ThreadCell::kGuarded;
  // To the views of the two. Node-API lets go of them with the environment,
  // after our hook, which was added later.
  napi_ref group_reference = nullptr;
  napi_ref cell_reference = nullptr;

  void Forget(napi_env env) const {
    if (group_reference != nullptr) {
      napi_delete_reference(env, group_reference);
    }
    if (cell_reference != nullptr) napi_delete_reference(env, cell_reference);
  }

  // Counts down, if that is still this guard's to do.
  Result Release() const {
    if (cell == nullptr) return WaitGroup(group).Done();
    int32_t phase = mine;
    // acq_rel: the phases of a thread are one history, seen from both sides.
    if (!cell->phase.compare_exchange_strong(phase, ThreadCell::kReleased,
                                             std::memory_order_acq_rel,
                                             std::memory_order_acquire)) {
      return Result::kOk;
    }
    Result result = WaitGroup(group).Done();
    WaitGroup(&cell->join).Done();
    return result;
  }
};

}  // namespace

// The guards of one environment, all on its own thread.
class Guards {
 public:
  // Null, with an exception pending, where there is no room for a hook.
  static Guards* Of(napi_env env) {
    Guards*& guards = AddonData::Of(env)->guards;
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

  int64_t Add(const Guard& guard) {
    guards_.emplace(next_, guard);
    return next_++;
  }

  // Takes the guard out and counts down. A guard that is not there any more is
  // none.
  Result Release(napi_env env, int64_t id) {
    auto found = guards_.find(id);
    if (found == guards_.end()) return Result::kOk;
    Guard guard = found->second;
    guards_.erase(found);
    Result result = guard.Release();
    guard.Forget(env);
    return result;
  }

 private:
  // Last in, first out: the thread's own guard, made before its script ran, is
  // the last to go. A hook cannot throw: a count that goes negative here leaves
  // the state that Go would leave, and that is all.
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
  int64_t next_ = 0;
};

namespace {

// A cell under an Int32Array over its 32 bytes; null if it is none.
ThreadCell* CellOfView(napi_env env, napi_value view) {
  return static_cast<ThreadCell*>(
      AddressOfView(env, view, sizeof(ThreadCell) / sizeof(int32_t)));
}

// Makes `guard` of views, of which `cell` may be null, and keeps them. False,
// with an exception pending, where they are none.
bool MakeOf(napi_env env, napi_value group, napi_value cell, Guard* guard) {
  guard->group = MemoryOfView(env, group);
  if (cell != nullptr) guard->cell = CellOfView(env, cell);
  if (guard->group == nullptr || (cell != nullptr && guard->cell == nullptr) ||
      napi_create_reference(env, group, 1, &guard->group_reference) !=
          napi_ok ||
      (cell != nullptr &&
       napi_create_reference(env, cell, 1, &guard->cell_reference) !=
           napi_ok)) {
    guard->Forget(env);
    ThrowBadArguments(env);
    return false;
  }
  return true;
}

napi_value Number(napi_env env, int64_t number) {
  napi_value value = nullptr;
  napi_create_int64(env, number, &value);
  return value;
}

// guard(view): id. Owns one count from here on.
napi_value MakeGuard(napi_env env, napi_callback_info info) {
  size_t argc = 1;
  napi_value argv[1];
  napi_get_cb_info(env, info, &argc, argv, nullptr, nullptr);
  Guards* guards = Guards::Of(env);
  Guard guard;
  if (guards == nullptr || !MakeOf(env, argv[0], nullptr, &guard)) {
    return nullptr;
  }
  return Number(env, guards->Add(guard));
}

// guardThread(view, cell): id, or -1 where the parent has already released this
// thread. In the thread itself, before its script is read.
napi_value GuardThread(napi_env env, napi_callback_info info) {
  size_t argc = 2;
  napi_value argv[2];
  napi_get_cb_info(env, info, &argc, argv, nullptr, nullptr);
  Guards* guards = Guards::Of(env);
  Guard guard;
  if (guards == nullptr || !MakeOf(env, argv[0], argv[1], &guard)) {
    return nullptr;
  }
  int32_t phase = ThreadCell::kStarting;
  if (!guard.cell->phase.compare_exchange_strong(phase, ThreadCell::kGuarded,
                                                 std::memory_order_acq_rel,
                                                 std::memory_order_acquire)) {
    guard.Forget(env);
    return Number(env, -1);
  }
  // No JavaScript runs between the two: termination cannot come between them.
  return Number(env, guards->Add(guard));
}

// watchThread(view, cell): id, or -1 - Result where the count could not be
// added. In the parent, before the thread is started: counts up, and takes the
// count down again if the thread has not taken it over when this id is released
// or when the parent's environment goes away. One call, since the parent may be
// a worker that is terminated at any time.
napi_value WatchThread(napi_env env, napi_callback_info info) {
  size_t argc = 2;
  napi_value argv[2];
  napi_get_cb_info(env, info, &argc, argv, nullptr, nullptr);
  Guards* guards = Guards::Of(env);
  Guard guard;
  if (guards == nullptr || !MakeOf(env, argv[0], argv[1], &guard)) {
    return nullptr;
  }
  guard.mine = ThreadCell::kStarting;
  Result result = WaitGroup(guard.group).Add(1);
  if (result != Result::kOk) {
    guard.Forget(env);
    return Number(env, -1 - static_cast<int64_t>(result));
  }
  WaitGroup(&guard.cell->join).Add(1);
  return Number(env, guards->Add(guard));
}

// release(id): undefined | Result. Ends a guard of this thread: counts down, if
// that is still its to do.
napi_value Release(napi_env env, napi_callback_info info) {
  size_t argc = 1;
  napi_value argv[1];
  int64_t id = 0;
  napi_get_cb_info(env, info, &argc, argv, nullptr, nullptr);
  if (napi_get_value_int64(env, argv[0], &id) != napi_ok) {
    return ThrowBadArguments(env);
  }
  Guards* guards = Guards::Of(env);
  if (guards == nullptr) return nullptr;
  return ResultValue(env, guards->Release(env, id));
}

}  // namespace

void ExportGuards(napi_env env, napi_value exports) {
  Export(env, exports, "guard", MakeGuard);
  Export(env, exports, "guardThread", GuardThread);
  Export(env, exports, "watchThread", WatchThread);
  Export(env, exports, "release", Release);
}

}  // namespace futex_waitgroup
