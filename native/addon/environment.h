#pragma once

#include <node_api.h>

#include <cstdint>

namespace futex_waitgroup {

class Guards;
class NativeHandles;
class PromiseWaits;

// The instance data of one environment. module.cc creates it; Node deletes it
// after the environment's cleanup hooks have run.
struct Environment {
  static Environment* Of(napi_env env) {
    void* data = nullptr;
    napi_get_instance_data(env, &data);
    return static_cast<Environment*>(data);
  }

  // The environment of the thread that has started this one by spawn() or
  // run(), as ThreadRecord::parent has it. Only compared, never used as a
  // pointer.
  uint64_t parent = 0;

  // Null until they are first needed, and after their cleanup hooks.
  PromiseWaits* promise_waits = nullptr;
  Guards* guards = nullptr;
  NativeHandles* native_handles = nullptr;
};

// Each adds the functions of one file, and the constants that belong to them.
void ExportStart(napi_env env, napi_value exports);
void ExportGroup(napi_env env, napi_value exports, napi_value constants);
void ExportPromiseWaits(napi_env env, napi_value exports, napi_value constants);
void ExportGuards(napi_env env, napi_value exports, napi_value constants);
void ExportLoopWatch(napi_env env, napi_value exports);
void ExportNativeHandles(napi_env env, napi_value exports);

}  // namespace futex_waitgroup
