// What JavaScript sees of the group (lib/native.ts declares the same, typed).
//
// A group comes in two shapes. A *handle*, a Node-API external that holds the
// address and owns nothing, is the cheapest argument there is, for calls that
// touch the memory before they can run any JavaScript. A *view*, an Int32Array
// over the group's 16 bytes, keeps the memory alive for as long as it is on the
// stack, for calls that block. Arguments are checked in lib/: this file only
// makes sure that a wrong one is an error and not a wild pointer.
#include <napi.h>

#include <cstdint>
#include <string>

#include "../core/copies.h"
#include "../core/pin.h"
#include "../core/wait_group.h"
#include "addon.h"

namespace futex_waitgroup {

void* AddressOfView(napi_env env, napi_value view, size_t length) {
  napi_typedarray_type type;
  size_t found = 0;
  void* data = nullptr;
  napi_value buffer = nullptr;
  bool movable = true;
  // A SharedArrayBuffer is not what Node-API calls an array buffer. One of
  // those could be detached, and the address would dangle.
  if (napi_get_typedarray_info(env, view, &type, &found, &data, &buffer,
                               nullptr) != napi_ok ||
      napi_is_arraybuffer(env, buffer, &movable) != napi_ok || movable ||
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

napi_value ResultValue(napi_env env, Result result) {
  if (result == Result::kOk) return nullptr;
  napi_value value = nullptr;
  napi_create_int32(env, static_cast<int32_t>(result), &value);
  return value;
}

void Export(napi_env env, napi_value exports, const char* name,
            napi_callback callback) {
  napi_value function = nullptr;
  if (napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, nullptr,
                           &function) == napi_ok) {
    napi_set_named_property(env, exports, name, function);
  }
}

namespace {

// The halves of the two words are addressed on their own: by the futex, and by
// Atomics.load() in lib/wait-group.ts.
bool LittleEndian() {
  const uint32_t one = 1;
  return *reinterpret_cast<const uint8_t*>(&one) == 1;
}

// handle(view): External. The handle must not outlive the memory; it is kept
// beside the view in a private field.
napi_value Handle(napi_env env, napi_callback_info info) {
  size_t argc = 1;
  napi_value argv[1];
  napi_get_cb_info(env, info, &argc, argv, nullptr, nullptr);
  Memory* memory = MemoryOfView(env, argv[0]);
  if (memory == nullptr) return ThrowBadArguments(env);
  napi_value handle = nullptr;
  napi_create_external(env, memory, nullptr, nullptr, &handle);
  return handle;
}

// add(handle, delta): undefined | Result. The hot path: plain Node-API.
napi_value Add(napi_env env, napi_callback_info info) {
  size_t argc = 2;
  napi_value argv[2];
  void* memory = nullptr;
  int32_t delta = 0;
  napi_get_cb_info(env, info, &argc, argv, nullptr, nullptr);
  if (napi_get_value_external(env, argv[0], &memory) != napi_ok ||
      napi_get_value_int32(env, argv[1], &delta) != napi_ok) {
    return ThrowBadArguments(env);
  }
  return ResultValue(env, WaitGroup(static_cast<Memory*>(memory)).Add(delta));
}

// settle(handle, delta, old): undefined | Result. `old` is the BigInt that
// Atomics.add() on the state returned: the state before the addition.
napi_value Settle(napi_env env, napi_callback_info info) {
  size_t argc = 3;
  napi_value argv[3];
  void* memory = nullptr;
  int32_t delta = 0;
  int64_t old = 0;
  bool lossless = false;
  napi_get_cb_info(env, info, &argc, argv, nullptr, nullptr);
  if (napi_get_value_external(env, argv[0], &memory) != napi_ok ||
      napi_get_value_int32(env, argv[1], &delta) != napi_ok ||
      napi_get_value_bigint_int64(env, argv[2], &old, &lossless) != napi_ok) {
    return ThrowBadArguments(env);
  }
  uint64_t state = static_cast<uint64_t>(old) +
                   (static_cast<uint64_t>(static_cast<uint32_t>(delta)) << 32);
  return ResultValue(
      env, WaitGroup(static_cast<Memory*>(memory)).Settle(delta, state));
}

// The checkpoint of a blocked wait: a call into JavaScript. It lets the
// inspector in, and once the thread is asked to terminate Node-API refuses it,
// which is how a wait learns that its thread is to die. It may also return
// true to end the wait.
struct JavaScriptCheckpoint {
  napi_env env;
  napi_value function;

  static bool Run(void* data) {
    auto* self = static_cast<JavaScriptCheckpoint*>(data);
    napi_handle_scope scope;
    if (napi_open_handle_scope(self->env, &scope) != napi_ok) return false;
    napi_value undefined = nullptr;
    napi_value result = nullptr;
    bool stop = true;
    bool go_on = napi_get_undefined(self->env, &undefined) == napi_ok &&
                 napi_call_function(self->env, undefined, self->function, 0,
                                    nullptr, &result) == napi_ok &&
                 napi_get_value_bool(self->env, result, &stop) == napi_ok &&
                 !stop;
    napi_close_handle_scope(self->env, scope);
    return go_on;
  }
};

// wait(view, milliseconds, checkpoint: () => boolean): undefined | Result.
napi_value Wait(napi_env env, napi_callback_info info) {
  size_t argc = 3;
  napi_value argv[3];
  double milliseconds = 0;
  napi_valuetype type = napi_undefined;
  napi_get_cb_info(env, info, &argc, argv, nullptr, nullptr);
  Memory* memory = MemoryOfView(env, argv[0]);
  if (memory == nullptr ||
      napi_get_value_double(env, argv[1], &milliseconds) != napi_ok ||
      !(milliseconds >= 0) || napi_typeof(env, argv[2], &type) != napi_ok ||
      type != napi_function) {
    return ThrowBadArguments(env);
  }
  JavaScriptCheckpoint checkpoint{env, argv[2]};
  return ResultValue(
      env, WaitGroup(memory).Wait(Deadline::In(milliseconds),
                                  {JavaScriptCheckpoint::Run, &checkpoint}));
}

// The path of this module.
std::string ThisPath() { return ModulePath(kThisCopy); }

// Two copies that do not know how to reach each other's promise waiters would
// lose their wakes. `other` was there first, and goes on.
void ThrowIncompatible(Napi::Env env, const std::string& other) {
  Napi::Error error = Napi::Error::New(
      env, "futex-waitgroup: " + ThisPath() + " cannot be loaded beside " +
               other + ", whose version is incompatible");
  error.Set("code", Napi::String::New(env, "ERR_WAITGROUP_INCOMPATIBLE_COPY"));
  error.ThrowAsJavaScriptException();
}

// retained(): number. How many handles native code outside of Node holds,
// through all copies in the process.
napi_value Retained(napi_env env, napi_callback_info) {
  napi_value number = nullptr;
  napi_create_uint32(env, RetainedInAllCopies(), &number);
  return number;
}

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  if (!LittleEndian()) {
    Napi::Error::New(env, "futex-waitgroup: this machine is big-endian")
        .ThrowAsJavaScriptException();
    return exports;
  }
  std::string other;
  const Joined joined = JoinCopies(&other);
  if (joined == Joined::kIncompatible) {
    ThrowIncompatible(env, other);
    return exports;
  }
  auto* data = new AddonData;
  if (joined != Joined::kYes || napi_set_instance_data(
                                    env, data,
                                    [](napi_env, void* data, void*) {
                                      delete static_cast<AddonData*>(data);
                                    },
                                    nullptr) != napi_ok) {
    delete data;
    Napi::Error::New(env, "futex-waitgroup: the addon cannot be set up")
        .ThrowAsJavaScriptException();
    return exports;
  }
  ExportPromiseWaits(env, exports);
  ExportGuards(env, exports);
  ExportLoop(env, exports);
  Export(env, exports, "handle", Handle);
  Export(env, exports, "add", Add);
  Export(env, exports, "settle", Settle);
  Export(env, exports, "wait", Wait);
  Export(env, exports, "retained", Retained);
  // The thread may be terminated at any time, and then each of these fails:
  // they are Node-API's own, since node-addon-api would throw, which fails as
  // well.
  napi_value path = nullptr;
  std::string this_path = ThisPath();
  napi_create_string_utf8(env, this_path.data(), this_path.size(), &path);
  napi_set_named_property(env, exports, "path", path);
  // Node hands the same exports to every evaluation of lib/ in an environment.
  napi_value shared = nullptr;
  napi_create_object(env, &shared);
  napi_set_named_property(env, exports, "shared", shared);
  return exports;
}

NODE_API_MODULE(futex_waitgroup, Init)

}  // namespace

}  // namespace futex_waitgroup
