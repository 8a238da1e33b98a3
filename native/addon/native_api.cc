// What a handle's `api` points to, and the function of lib/ that makes handles.
// ../include/futex_waitgroup.h documents the functions.
#include <mutex>
#include <set>

#include "../core/wait_group.h"
#include "../platform/modules.h"
#include "environment.h"
#include "napi_helpers.h"
#include "native_handles.h"

namespace futex_waitgroup {

namespace {

static_assert(FWG_OK == static_cast<int>(Result::kOk) &&
                  FWG_TIMED_OUT == static_cast<int>(Result::kTimedOut) &&
                  FWG_INTERRUPTED == static_cast<int>(Result::kInterrupted) &&
                  FWG_NEGATIVE == static_cast<int>(Result::kNegativeCounter) &&
                  FWG_MISUSE == static_cast<int>(Result::kMisuse) &&
                  FWG_REUSED == static_cast<int>(Result::kReused),
              "a status is a Result, or higher");

NativeHandle* HandleOf(fwg_group* group) {
  return static_cast<NativeHandle*>(group);
}

WaitGroup GroupOf(fwg_group* group) {
  return WaitGroup(HandleOf(group)->memory);
}

fwg_status ToStatus(Result result) { return static_cast<fwg_status>(result); }

// Keeps a consumer loaded. Node 20 unloads an addon with the last environment
// that loaded it, even if its threads run.
bool Pin(const void* inside_consumer) {
  // Process-wide, as modules are. Never destroyed: threads may outlive static
  // destructors. A pinned module's addresses are never reused.
  static Mutex mutex;
  static std::set<const void*>* pinned = nullptr;
  std::lock_guard<Mutex> lock(mutex);
  if (pinned == nullptr) pinned = new std::set<const void*>;
  if (pinned->count(inside_consumer) != 0) return true;
  if (!PinModule(inside_consumer)) return false;
  pinned->insert(inside_consumer);
  return true;
}

fwg_status Acquire(fwg_group* group, const void* inside_consumer) {
  if (!Pin(inside_consumer)) return FWG_REFUSED;
  return NativeHandles::Retain(HandleOf(group));
}

fwg_status Retain(fwg_group* group) {
  return NativeHandles::Retain(HandleOf(group));
}

void Release(fwg_group* group) { NativeHandles::Release(HandleOf(group)); }

fwg_status Add(fwg_group* group, int32_t delta) {
  return ToStatus(GroupOf(group).Add(delta));
}

fwg_status Done(fwg_group* group) { return ToStatus(GroupOf(group).Done()); }

fwg_status Wait(fwg_group* group, int64_t timeout_ns) {
  NativeHandles* owner = HandleOf(group)->owner;
  if (timeout_ns != 0 && owner->IsOwnThread()) return FWG_WRONG_THREAD;
  const InterruptCheck check{
      [](void* data, bool) {
        return static_cast<NativeHandles*>(data)->closing();
      },
      owner, owner};
  return ToStatus(
      GroupOf(group).Wait(Deadline::InNanoseconds(timeout_ns), check));
}

int32_t Count(fwg_group* group) { return GroupOf(group).counter(); }

bool Closing(fwg_group* group) { return HandleOf(group)->owner->closing(); }

constexpr fwg_api kApi = {
    FWG_VERSION, sizeof(fwg_api), Acquire, Retain, Release, Add, Done,
    Wait,        Count,           Closing};

// nativeHandle(view, hasLibuv): external.
napi_value MakeNativeHandle(napi_env env, napi_callback_info info) {
  size_t argc = 2;
  napi_value argv[2];
  bool has_libuv = false;
  napi_get_cb_info(env, info, &argc, argv, nullptr, nullptr);
  if (napi_get_value_bool(env, argv[1], &has_libuv) != napi_ok) {
    return ThrowBadArguments(env);
  }
  return NativeHandles::Create(env, argv[0], has_libuv);
}

}  // namespace

NativeHandle::NativeHandle(Memory* group_memory, NativeHandles* handles)
    : fwg_group{&kApi}, memory(group_memory), owner(handles) {}

void ExportNativeHandles(napi_env env, napi_value exports) {
  Export(env, exports, "nativeHandle", MakeNativeHandle);
}

}  // namespace futex_waitgroup
