#include "napi_helpers.h"

namespace futex_waitgroup {

void* AddressOfView(napi_env env, napi_value view, size_t length) {
  napi_typedarray_type type;
  size_t found = 0;
  void* data = nullptr;
  napi_value buffer = nullptr;
  bool detachable = true;
  // An ArrayBuffer could be detached, and the address would dangle. Node-API
  // does not count a SharedArrayBuffer as one.
  if (napi_get_typedarray_info(env, view, &type, &found, &data, &buffer,
                               nullptr) != napi_ok ||
      napi_is_arraybuffer(env, buffer, &detachable) != napi_ok || detachable ||
      type != napi_int32_array || found != length ||
      reinterpret_cast<uintptr_t>(data) % alignof(Memory) != 0) {
    return nullptr;
  }
  return data;
}

Memory* MemoryOfView(napi_env env, napi_value view) {
  return static_cast<Memory*>(
      AddressOfView(env, view, sizeof(Memory) / sizeof(int32_t)));
}

napi_value ThrowBadArguments(napi_env env) {
  napi_throw_type_error(env, nullptr, "futex-waitgroup: bad native arguments");
  return nullptr;
}

napi_value ToJs(napi_env env, int64_t number) {
  napi_value value = nullptr;
  napi_create_int64(env, number, &value);
  return value;
}

void Export(napi_env env, napi_value object, const char* name,
            napi_callback callback) {
  napi_value function = nullptr;
  if (napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, nullptr,
                           &function) == napi_ok) {
    napi_set_named_property(env, object, name, function);
  }
}

void Export(napi_env env, napi_value object, const char* name, int32_t number) {
  napi_set_named_property(env, object, name, ToJs(env, int64_t{number}));
}

}  // namespace futex_waitgroup
