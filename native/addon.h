// What the addon's files share. The C Node-API, since everything here is on
// some hot path; addon.cc uses node-addon-api for the module itself.
#ifndef FUTEX_WAITGROUP_ADDON_H_
#define FUTEX_WAITGROUP_ADDON_H_

#include <node_api.h>

#include "wait_group.h"

namespace futex_waitgroup {

// The group under an Int32Array over its 16 bytes; null if it is none.
Memory* MemoryOfView(napi_env env, napi_value view);

// Throws a TypeError and returns null.
napi_value ThrowBadArguments(napi_env env);

// undefined for kOk, since it costs nothing to make; else the number.
napi_value ResultValue(napi_env env, Result result);

void Export(napi_env env, napi_value exports, const char* name,
            napi_callback callback);

// addon_promise.cc: waitAsync, cancel, ref. Sets the environment's instance
// data. False with an exception pending where that fails.
bool ExportPromiseWaits(napi_env env, napi_value exports);

}  // namespace futex_waitgroup

#endif  // FUTEX_WAITGROUP_ADDON_H_
