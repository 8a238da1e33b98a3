/* The same header in plain C, with libuv's threads. */
#include <futex_waitgroup.h>
#include <stdio.h>
#include <uv.h>

static napi_value throw_status(napi_env env, fwg_status status) {
  char message[64];
  snprintf(message, sizeof(message), "futex_waitgroup.h: status %d",
           (int)status);
  napi_throw_error(env, NULL, message);
  return NULL;
}

/* Acquires the first argument and starts a thread with it. */
static napi_value start(napi_env env, napi_callback_info info,
                        uv_thread_cb run) {
  size_t argc = 1;
  napi_value wg;
  fwg_group* group;
  uv_thread_t thread;
  fwg_status status;
  napi_get_cb_info(env, info, &argc, &wg, NULL, NULL);
  status = fwg_acquire(env, wg, &group);
  if (status != FWG_OK) return throw_status(env, status);
  if (uv_thread_create(&thread, run, group) != 0) {
    fwg_release(group);
    return throw_status(env, FWG_REFUSED);
  }
  return NULL;
}

static void count_down(void* data) {
  fwg_group* group = (fwg_group*)data;
  fwg_done(group);
  fwg_release(group);
}

static void wait_until_ready(void* data) {
  fwg_group* group = (fwg_group*)data;
  switch (fwg_wait(group, -1)) {
    case FWG_OK:
      puts("native thread: JavaScript is ready");
      break;
    case FWG_INTERRUPTED:
      puts("native thread: JavaScript has ended");
      break;
    default:
      puts("native thread: the group was misused");
  }
  fflush(stdout);
  fwg_release(group);
}

/* countDown(wg): a native thread calls done(). */
static napi_value count_down_in_thread(napi_env env, napi_callback_info info) {
  return start(env, info, count_down);
}

/* whenReady(wg): a native thread waits until JavaScript has called done(). */
static napi_value wait_in_thread(napi_env env, napi_callback_info info) {
  return start(env, info, wait_until_ready);
}

NAPI_MODULE_INIT() {
  napi_value function;
  napi_create_function(env, "countDown", NAPI_AUTO_LENGTH, count_down_in_thread,
                       NULL, &function);
  napi_set_named_property(env, exports, "countDown", function);
  napi_create_function(env, "whenReady", NAPI_AUTO_LENGTH, wait_in_thread, NULL,
                       &function);
  napi_set_named_property(env, exports, "whenReady", function);
  return exports;
}
