// The module itself: what happens when an environment loads the addon.
#include <napi.h>

#include <string>
#include <string_view>
#include <vector>

#include "../core/copies.h"
#include "environment.h"
#include "napi_helpers.h"

namespace futex_waitgroup {

namespace {

// The futex and the views of lib/ address the halves of a word.
bool IsLittleEndian() {
  const uint32_t one = 1;
  return *reinterpret_cast<const uint8_t*>(&one) == 1;
}

void Throw(Napi::Env env, const char* message) {
  Napi::Error::New(env, message).ThrowAsJavaScriptException();
}

// Incompatible copies cannot wake each other's promise waiters and would lose
// wakes. `other` was loaded first and keeps working.
void ThrowIncompatible(Napi::Env env, const std::string& other) {
  const std::string path = ModulePath(kThisCopy);
  // std::string's operators are in the C++ run-time library
  // (platform/system.h).
  std::vector<char> message;
  for (std::string_view part :
       {std::string_view("futex-waitgroup: "), std::string_view(path),
        std::string_view(" cannot be loaded beside "), std::string_view(other),
        std::string_view(", whose version is incompatible")}) {
    message.insert(message.end(), part.begin(), part.end());
  }
  message.push_back('\0');
  Napi::Error error = Napi::Error::New(env, message.data());
  error.Set("code", Napi::String::New(env, "ERR_WAITGROUP_INCOMPATIBLE_COPY"));
  error.ThrowAsJavaScriptException();
}

napi_value NewObject(napi_env env) {
  napi_value object = nullptr;
  napi_create_object(env, &object);
  return object;
}

// exportRest(): all that a spawned thread does not need to start. A function
// takes 3 us to create, and most of these threads never load lib/.
napi_value ExportRest(napi_env env, napi_callback_info info) {
  napi_value exports = nullptr;
  napi_get_cb_info(env, info, nullptr, nullptr, &exports, nullptr);
  napi_value constants = NewObject(env);
  ExportGroup(env, exports, constants);
  ExportPromiseWaits(env, exports, constants);
  ExportGuards(env, exports, constants);
  ExportLoopWatch(env, exports);
  ExportNativeHandles(env, exports);
  napi_set_named_property(env, exports, "constants", constants);
  napi_value path = nullptr;
  const std::string this_path = ModulePath(kThisCopy);
  napi_create_string_utf8(env, this_path.data(), this_path.size(), &path);
  napi_set_named_property(env, exports, "path", path);
  return nullptr;
}

// Exports use the C Node-API. If the thread is terminated meanwhile, these
// calls fail without effect, where node-addon-api would try to throw.
Napi::Object Init(Napi::Env env, Napi::Object exports) {
  if (!IsLittleEndian()) {
    Throw(env, "futex-waitgroup: this machine is big-endian");
    return exports;
  }
  std::string other;
  const Joined joined = JoinCopies(&other);
  if (joined == Joined::kIncompatible) {
    ThrowIncompatible(env, other);
    return exports;
  }
  auto* environment = new Environment;
  if (joined != Joined::kYes || napi_set_instance_data(
                                    env, environment,
                                    [](napi_env, void* data, void*) {
                                      delete static_cast<Environment*>(data);
                                    },
                                    nullptr) != napi_ok) {
    delete environment;
    Throw(env, "futex-waitgroup: the addon cannot be set up");
    return exports;
  }
  ExportStart(env, exports);
  Export(env, exports, "exportRest", ExportRest);
  // For lib/binding/shared.ts. All evaluations of lib/ in one environment get
  // the same exports.
  napi_set_named_property(env, exports, "shared", NewObject(env));
  return exports;
}

NODE_API_MODULE(futex_waitgroup, Init)

}  // namespace

}  // namespace futex_waitgroup
