// The functions of libuv 1.x that the addon calls. Node exports them; Node-API
// does not declare them. Other runtimes lack some, or abort in them: they are
// called in Node and Electron only.
#pragma once

#include <node_api.h>

#include <cstddef>
#include <cstdint>

extern "C" {
struct uv_handle_s;
struct uv_async_s;
NAPI_EXTERN int uv_loop_alive(const uv_loop_s* loop);
NAPI_EXTERN void uv_walk(uv_loop_s* loop, void (*visit)(uv_handle_s*, void*),
                         void* data);
NAPI_EXTERN int uv_is_active(const uv_handle_s* handle);
NAPI_EXTERN int uv_handle_get_type(const uv_handle_s* handle);
NAPI_EXTERN size_t uv_handle_size(int type);
NAPI_EXTERN void* uv_handle_get_data(const uv_handle_s* handle);
NAPI_EXTERN void uv_handle_set_data(uv_handle_s* handle, void* data);
NAPI_EXTERN uint64_t uv_timer_get_due_in(const uv_handle_s* timer);
NAPI_EXTERN void uv_ref(uv_handle_s* handle);
NAPI_EXTERN void uv_unref(uv_handle_s* handle);
NAPI_EXTERN void uv_close(uv_handle_s* handle, void (*closed)(uv_handle_s*));
NAPI_EXTERN int uv_async_init(uv_loop_s* loop, uv_async_s* async,
                              void (*callback)(uv_async_s*));
NAPI_EXTERN int uv_async_send(uv_async_s* async);
}

namespace futex_waitgroup {

enum UvHandleType : int {
  kUvAsync = 1,
  kUvCheck = 2,
  kUvIdle = 6,
  kUvPrepare = 9,
  kUvTimer = 13,
  kUvSignal = 16,
};

}  // namespace futex_waitgroup
