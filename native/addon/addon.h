// What the addon's files share. The C Node-API, since everything here is on
// some hot path; module.cc uses node-addon-api for the module itself.
#ifndef FUTEX_WAITGROUP_ADDON_H_
#define FUTEX_WAITGROUP_ADDON_H_

#include <node_api.h>

#include "../core/wait_group.h"

namespace futex_waitgroup {

// The memory under an Int32Array of `length` elements, aligned to 8; null if it
// is anything else.
void* AddressOfView(napi_env env, napi_value view, size_t length);

// The group under an Int32Array over its 16 bytes; null if it is none.
Memory* MemoryOfView(napi_env env, napi_value view);

// Throws a TypeError and returns null.
napi_value ThrowBadArguments(napi_env env);

// undefined for kOk, since it costs nothing to make; else the number.
napi_value ResultValue(napi_env env, Result result);

void Export(napi_env env, napi_value exports, const char* name,
            napi_callback callback);

// What belongs to one environment: its instance data. Made by module.cc, and
// deleted after the environment's cleanup hooks have run.
class Guards;
class PromiseWaits;
struct AddonData {
  static AddonData* Of(napi_env env) {
    void* data = nullptr;
    napi_get_instance_data(env, &data);
    return static_cast<AddonData*>(data);
  }
  PromiseWaits* promise_waits = nullptr;
  Guards* guards = nullptr;
};

// promises.cc: startPromises, waitAsync, cancel, ref.
void ExportPromiseWaits(napi_env env, napi_value exports);
// guards.cc: guard, guardThread, watchThread, release.
void ExportGuards(napi_env env, napi_value exports);
// loop.cc: loopState.
void ExportLoop(napi_env env, napi_value exports);

}  // namespace futex_waitgroup

#endif  // FUTEX_WAITGROUP_ADDON_H_
