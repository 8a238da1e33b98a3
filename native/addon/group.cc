// A group's own functions. lib/binding/addon.ts documents them.
//
// A group has two forms here. A *handle* is a Node-API external that contains
// the address and owns nothing. It is the cheapest argument, for calls that run
// no JavaScript before they use the memory. A *view* is an Int32Array over the
// group's 16 bytes. It keeps the memory alive during calls that block.
#include <cstdint>

#include "../core/copies.h"
#include "../core/poll_schedule.h"
#include "../core/wait_group.h"
#include "../platform/system.h"
#include "environment.h"
#include "napi_helpers.h"
#include "promise_waits.h"

namespace futex_waitgroup {

namespace {

// handle(view): external.
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

// finishAdd(handle, delta, old: bigint): 0 | -Result.
napi_value FinishAdd(napi_env env, napi_callback_info info) {
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
  const WaitGroup group(static_cast<Memory*>(memory));
  PromiseWaits* waits = PromiseWaits::Of(env);
  return ToJs(env, waits == nullptr ? group.FinishAdd(delta, state)
                                    : waits->FinishAdd(group, delta, state));
}

// Looks at each poll whether the thread is being terminated, and calls into
// JavaScript: kMinPause after the last call at the earliest, and in an idle
// wait, kIdlePause after it. The inspector can interrupt there.
//
// Node stops the threads of a process, or of a parent that ends, one after the
// other, each joined before the next is asked. So a wait that finds itself
// terminated alerts the others.
struct JavaScriptCheck {
  // In nanoseconds.
  static constexpr int64_t kMinPause = PollSchedule::kFirstInterval / 2;
  static constexpr int64_t kIdlePause = PollSchedule::kMaxInterval * 7 / 2;

  const napi_env env;
  const napi_value function;
  int64_t called_at = 0;

  static bool ShouldStop(void* data, bool is_idle) {
    auto* self = static_cast<JavaScriptCheck*>(data);
    napi_handle_scope scope;
    if (napi_open_handle_scope(self->env, &scope) != napi_ok) return true;
    bool should_stop = false;
    const bool called =
        self->MayCall() &&
        self->Call(is_idle ? kIdlePause : kMinPause, &should_stop);
    napi_close_handle_scope(self->env, scope);
    if (!called) PollSchedule::AlertAll();
    return !called || should_stop;
  }

 private:
  // If the thread is being terminated, Node-API refuses all calls that may run
  // JavaScript. This one is the cheapest.
  bool MayCall() const {
    napi_value unused = nullptr;
    return napi_coerce_to_bool(env, function, &unused) == napi_ok;
  }

  // Returns false if the call is refused.
  bool Call(int64_t pause, bool* should_stop) {
    const int64_t now = Deadline::Now();
    if (now - called_at < pause) return true;
    called_at = now;
    napi_value undefined = nullptr;
    napi_value result = nullptr;
    return napi_get_undefined(env, &undefined) == napi_ok &&
           napi_call_function(env, undefined, function, 0, nullptr, &result) ==
               napi_ok &&
           napi_get_value_bool(env, result, should_stop) == napi_ok;
  }
};

// wait(view, milliseconds, shouldStop: () => boolean): 0 | -Result.
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
  JavaScriptCheck check{env, argv[2]};
  return ToJs(env, WaitGroup(memory).Wait(Deadline::In(milliseconds),
                                          {JavaScriptCheck::ShouldStop, &check,
                                           Environment::Of(env)}));
}

// alertAll(): void.
napi_value AlertAll(napi_env, napi_callback_info) {
  PollSchedule::AlertAll();
  return nullptr;
}

// alertOwn(): void.
napi_value AlertOwn(napi_env env, napi_callback_info) {
  PollSchedule::Alert(Environment::Of(env));
  return nullptr;
}

// isBlocking(file: number): boolean.
napi_value IsBlockingFile(napi_env env, napi_callback_info info) {
  size_t argc = 1;
  napi_value argv[1];
  int32_t file = -1;
  napi_get_cb_info(env, info, &argc, argv, nullptr, nullptr);
  if (napi_get_value_int32(env, argv[0], &file) != napi_ok) {
    return ThrowBadArguments(env);
  }
  napi_value result = nullptr;
  napi_get_boolean(env, IsBlocking(file), &result);
  return result;
}

// retained(): number.
napi_value Retained(napi_env env, napi_callback_info) {
  return ToJs(env, int64_t{RetainedInAllCopies()});
}

}  // namespace

void ExportGroup(napi_env env, napi_value exports, napi_value constants) {
  Export(env, exports, "handle", Handle);
  Export(env, exports, "finishAdd", FinishAdd);
  Export(env, exports, "wait", Wait);
  Export(env, exports, "alertAll", AlertAll);
  Export(env, exports, "alertOwn", AlertOwn);
  Export(env, exports, "isBlocking", IsBlockingFile);
  Export(env, exports, "retained", Retained);
  Export(env, constants, "BYTES", sizeof(Memory));
  // Indexes of the Int32Array over a group.
  Export(env, constants, "WAITERS", 0);
  Export(env, constants, "COUNTER", 1);
  const auto export_result = [&](const char* name, Result result) {
    Export(env, constants, name, -static_cast<int32_t>(result));
  };
  export_result("Ok", Result::kOk);
  export_result("TimedOut", Result::kTimedOut);
  export_result("Interrupted", Result::kInterrupted);
  export_result("NegativeCounter", Result::kNegativeCounter);
  export_result("Misuse", Result::kMisuse);
  export_result("Reused", Result::kReused);
}

}  // namespace futex_waitgroup
