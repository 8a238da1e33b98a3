// How the addon's functions take arguments and return results.
//
// Functions on hot paths use the C Node-API; others may use node-addon-api.
// lib/ checks arguments. The addon throws for a wrong one, so that it never
// becomes a wild pointer. But it trusts that a handle is its own, and that the
// view of a handle and of a promise wait is kept.
//
// A function that can fail returns a number: 0 or an id above 0 for success,
// else the negative of a Result. lib/binding/result.ts reads it.
#pragma once

#include <napi.h>

#include "../core/layout.h"
#include "../core/result.h"

namespace futex_waitgroup {

// The memory under an Int32Array of `length` elements over a SharedArrayBuffer,
// aligned to 8. Null if `view` is anything else.
void* AddressOfView(napi_env env, napi_value view, size_t length);

// The same for an Int32Array over the 16 bytes of a group.
Memory* MemoryOfView(napi_env env, napi_value view);

// Throws a TypeError and returns null.
napi_value ThrowBadArguments(napi_env env);

napi_value ToJs(napi_env env, int64_t number);
inline napi_value ToJs(napi_env env, Result result) {
  return ToJs(env, -static_cast<int64_t>(result));
}

// Adds a property to `object`. Does nothing if the thread is being terminated.
void Export(napi_env env, napi_value object, const char* name,
            napi_callback callback);
void Export(napi_env env, napi_value object, const char* name, int32_t number);

// Turns a function that uses node-addon-api into a callback.
template <napi_value (*function)(const Napi::CallbackInfo&)>
napi_value Callback(napi_env env, napi_callback_info info) {
  return function(Napi::CallbackInfo(env, info));
}

}  // namespace futex_waitgroup
