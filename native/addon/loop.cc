// What the deadlock report has to know of this thread's event loop.
#include <node_api.h>

#include "addon.h"

// Of libuv, which Node exports with its own symbols; declared here since the
// Node-API headers come without it. The numbers are libuv 1.x's.
extern "C" {
struct uv_handle_s;
int uv_loop_alive(const uv_loop_s* loop);
void uv_walk(uv_loop_s* loop, void (*visit)(uv_handle_s*, void*), void* data);
int uv_is_active(const uv_handle_s* handle);
int uv_handle_get_type(const uv_handle_s* handle);
}

namespace futex_waitgroup {

namespace {

enum UvHandleType : int {
  kUvAsync = 1,
  kUvCheck = 2,
  kUvIdle = 6,
  kUvPrepare = 9,
  kUvTimer = 13,
  kUvSignal = 16,
};

struct Handles {
  int32_t timers = 0;
  int32_t others = 0;
};

void Count(uv_handle_s* handle, void* data) {
  auto* handles = static_cast<Handles*>(data);
  if (uv_is_active(handle) == 0) return;
  switch (uv_handle_get_type(handle)) {
    case kUvAsync:  // Node's own, always there; ports of dead workers
    case kUvCheck:
    case kUvIdle:
    case kUvPrepare:
    case kUvSignal:  // JavaScript knows which ones are somebody's
      return;
    case kUvTimer:
      handles->timers++;
      return;
    default:  // sockets, pipes, processes, watchers, …
      handles->others++;
  }
}

// loopState(): [alive: 0 | 1, active timers, other active handles], unref'd
// ones included. Node only: other runtimes export these functions as traps.
napi_value LoopState(napi_env env, napi_callback_info) {
  uv_loop_s* loop = nullptr;
  if (napi_get_uv_event_loop(env, &loop) != napi_ok) {
    return ThrowBadArguments(env);
  }
  Handles handles;
  uv_walk(loop, Count, &handles);
  const int32_t numbers[] = {uv_loop_alive(loop), handles.timers,
                             handles.others};
  napi_value state = nullptr;
  napi_create_array_with_length(env, 3, &state);
  for (uint32_t i = 0; i < 3; i++) {
    napi_value number = nullptr;
    napi_create_int32(env, numbers[i], &number);
    napi_set_element(env, state, i, number);
  }
  return state;
}

}  // namespace

void ExportLoop(napi_env env, napi_value exports) {
  Export(env, exports, "loopState", LoopState);
}

}  // namespace futex_waitgroup
