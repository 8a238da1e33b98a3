// The functions of promise waits. lib/binding/addon.ts documents them.
#include "../core/wait_group.h"
#include "environment.h"
#include "napi_helpers.h"
#include "promise_waits.h"

namespace futex_waitgroup {

namespace {

// startPromises(onReleased: () => void, results: Int32Array,
// onPollPhase: () => void, onReleasedHere: () => void): void.
napi_value StartPromises(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  if (PromiseWaits::Of(env) != nullptr || !info[0].IsFunction() ||
      !info[2].IsFunction() || !info[3].IsFunction()) {
    return ThrowBadArguments(env);
  }
  auto* waits = new PromiseWaits(env);
  if (!waits->Start(info[0], info[1], info[2], info[3])) {
    delete waits;
    return ThrowBadArguments(env);
  }
  // Start() runs hooks of async_hooks. One may have begun a wait, and so have
  // started another, which stays. This one gets no waits.
  PromiseWaits*& started = Environment::Of(env)->promise_waits;
  if (started == nullptr) started = waits;
  return nullptr;
}

// waitAsync(view): id | 0 | -Result.
napi_value WaitAsync(napi_env env, napi_callback_info info) {
  size_t argc = 1;
  napi_value argv[1];
  napi_get_cb_info(env, info, &argc, argv, nullptr, nullptr);
  Memory* memory = MemoryOfView(env, argv[0]);
  PromiseWaits* waits = PromiseWaits::Of(env);
  if (memory == nullptr || waits == nullptr) return ThrowBadArguments(env);
  return ToJs(env, waits->Begin(memory));
}

// collect(): number.
napi_value Collect(napi_env env, napi_callback_info) {
  PromiseWaits* waits = PromiseWaits::Of(env);
  return ToJs(env, int64_t{waits == nullptr ? 0 : waits->Collect()});
}

// cancel(id): 0 | -Result.
napi_value Cancel(napi_env env, napi_callback_info info) {
  size_t argc = 1;
  napi_value argv[1];
  uint32_t id = 0;
  napi_get_cb_info(env, info, &argc, argv, nullptr, nullptr);
  PromiseWaits* waits = PromiseWaits::Of(env);
  if (waits == nullptr || napi_get_value_uint32(env, argv[0], &id) != napi_ok) {
    return ThrowBadArguments(env);
  }
  return ToJs(env, waits->Cancel(id));
}

// isAwaited(view): boolean.
napi_value IsAwaited(const Napi::CallbackInfo& info) {
  Memory* memory = MemoryOfView(info.Env(), info[0]);
  PromiseWaits* waits = PromiseWaits::Of(info.Env());
  if (memory == nullptr) return ThrowBadArguments(info.Env());
  return Napi::Boolean::New(info.Env(),
                            waits != nullptr && waits->IsAwaited(memory));
}

// ref(on: boolean): void.
napi_value Ref(const Napi::CallbackInfo& info) {
  PromiseWaits* waits = PromiseWaits::Of(info.Env());
  if (waits == nullptr || !info[0].IsBoolean()) {
    return ThrowBadArguments(info.Env());
  }
  waits->Ref(info[0].As<Napi::Boolean>());
  return nullptr;
}

// callInPollPhase(): void.
napi_value CallInPollPhase(const Napi::CallbackInfo& info) {
  PromiseWaits* waits = PromiseWaits::Of(info.Env());
  if (waits == nullptr) return ThrowBadArguments(info.Env());
  waits->CallInPollPhase();
  return nullptr;
}

}  // namespace

void ExportPromiseWaits(napi_env env, napi_value exports,
                        napi_value constants) {
  Export(env, exports, "startPromises", Callback<StartPromises>);
  Export(env, exports, "waitAsync", WaitAsync);
  Export(env, exports, "collect", Collect);
  Export(env, exports, "cancel", Cancel);
  Export(env, exports, "isAwaited", Callback<IsAwaited>);
  Export(env, exports, "ref", Callback<Ref>);
  Export(env, exports, "callInPollPhase", Callback<CallInPollPhase>);
  Export(env, constants, "BATCH", PromiseWaits::kBatch);
}

}  // namespace futex_waitgroup
