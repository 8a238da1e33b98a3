// LoopWatch: what the event loop can still do, for the deadlock report
// (lib/deadlock/). lib/binding/addon.ts documents the methods.
//
// An idle loop may have unref'd handles. They do not keep it alive, but may
// act, that is, run JavaScript: a MessagePort, a timer, a thread-safe function
// of another addon. Node's own unref'd handles never act. A handle that is not
// known to be Node's own counts as one that may.
#include <cstdint>
#include <cstring>
#include <set>
#include <vector>

#include "../platform/memory.h"
#include "../platform/modules.h"
#include "environment.h"
#include "libuv.h"
#include "napi_helpers.h"
#include "native_handles.h"

namespace futex_waitgroup {

namespace {

// Node's own: a check for immediates; a check and a prepare that tell V8's CPU
// profiler when the loop is idle.
constexpr int kNodeChecks = 2;
constexpr int kNodePrepares = 1;

// The size of the part that all handles of libuv 1.x begin with, in bytes.
constexpr size_t kCommonPart = 96;

// The longest delay between the wait and learnTimeOut(), in milliseconds.
constexpr uint64_t kMaxDelay = 600000;

using LoopHandle = uv_handle_s*;

std::vector<LoopHandle> HandlesOf(uv_loop_s* loop) {
  std::vector<LoopHandle> handles;
  uv_walk(
      loop,
      [](LoopHandle handle, void* data) {
        static_cast<std::vector<LoopHandle>*>(data)->push_back(handle);
      },
      &handles);
  return handles;
}

std::set<LoopHandle> AsyncsOf(uv_loop_s* loop) {
  std::set<LoopHandle> asyncs;
  for (LoopHandle handle : HandlesOf(loop)) {
    if (uv_handle_get_type(handle) == kUvAsync) asyncs.insert(handle);
  }
  return asyncs;
}

uintptr_t WordAt(LoopHandle handle, size_t offset) {
  uintptr_t word = 0;
  std::memcpy(&word, reinterpret_cast<const char*>(handle) + offset,
              sizeof(word));
  return word;
}

bool IsInNode(uintptr_t address) {
  return InSameModule(reinterpret_cast<const void*>(address),
                      reinterpret_cast<const void*>(&napi_create_function));
}

// The loop of one environment. Only for the main thread of plain Node: other
// runtimes abort in these functions of libuv, and node-addon-api cannot throw
// in a worker that is being terminated.
class LoopWatch : public Napi::ObjectWrap<LoopWatch> {
 public:
  static Napi::Function ClassIn(Napi::Env env) {
    return DefineClass(
        env, "LoopWatch",
        {InstanceMethod<&LoopWatch::IsAlive>("isAlive"),
         InstanceMethod<&LoopWatch::MayAct>("mayAct"),
         InstanceMethod<&LoopWatch::HasOldPorts>("hasOldPorts"),
         InstanceMethod<&LoopWatch::Mark>("mark"),
         InstanceMethod<&LoopWatch::IgnoreNew>("ignoreNew"),
         InstanceMethod<&LoopWatch::LearnPorts>("learnPorts"),
         InstanceMethod<&LoopWatch::LearnTimeOut>("learnTimeOut")});
  }

  explicit LoopWatch(const Napi::CallbackInfo& info)
      : ObjectWrap(info), env_(info.Env()) {
    if (napi_get_uv_event_loop(info.Env(), &loop_) != napi_ok) {
      Napi::Error::New(info.Env(), "futex-waitgroup: no event loop")
          .ThrowAsJavaScriptException();
      return;
    }
    old_ = AsyncsOf(loop_);
  }

 private:
  Napi::Value IsAlive(const Napi::CallbackInfo& info) {
    return Napi::Boolean::New(info.Env(), uv_loop_alive(loop_) != 0);
  }

  Napi::Value MayAct(const Napi::CallbackInfo& info) {
    return Napi::Boolean::New(info.Env(), FindWhatMayAct());
  }

  bool FindWhatMayAct() const {
    if (callback_offset_ == 0) return true;
    int checks = 0;
    int prepares = 0;
    // Each of Node's own asyncs has a callback that no other has. Ports and
    // thread-safe functions share theirs, which are in the set already.
    std::set<uintptr_t> callbacks = {port_callback_};
    for (LoopHandle handle : ignored_) callbacks.insert(CallbackOf(handle));
    for (LoopHandle handle : HandlesOf(loop_)) {
      if (uv_is_active(handle) == 0 || ignored_.count(handle) != 0 ||
          NativeHandles::IsNotice(env_, handle)) {
        continue;
      }
      switch (uv_handle_get_type(handle)) {
        case kUvAsync: {
          uintptr_t callback = CallbackOf(handle);
          bool single = callbacks.insert(callback).second;
          if (!single || !IsInNode(callback)) return true;
          break;
        }
        case kUvCheck:
          if (++checks > kNodeChecks) return true;
          break;
        case kUvPrepare:
          if (++prepares > kNodePrepares) return true;
          break;
        case kUvTimer:
          if (!IsHousekeeping(handle)) return true;
          break;
        case kUvSignal:  // lib/ checks for listeners
          break;
        default:  // sockets, pipes, processes, watchers, …
          return true;
      }
    }
    return false;
  }

  // A worker that is older than this object has old ports while it lives.
  Napi::Value HasOldPorts(const Napi::CallbackInfo& info) {
    bool found = false;
    for (LoopHandle handle : AsyncsOf(loop_)) {
      found |= old_.count(handle) != 0 &&
               (callback_offset_ == 0 || CallbackOf(handle) == port_callback_);
    }
    return Napi::Boolean::New(info.Env(), found);
  }

  void Mark(const Napi::CallbackInfo&) { marked_ = AsyncsOf(loop_); }

  void IgnoreNew(const Napi::CallbackInfo& info) {
    std::vector<LoopHandle> fresh = NewAsyncs();
    if (fresh.size() == info[0].As<Napi::Number>().Uint32Value()) {
      ignored_.insert(fresh.begin(), fresh.end());
    }
  }

  // Finds the offset of an async's callback: the first word after the common
  // part in which both ports have the same address in Node.
  void LearnPorts(const Napi::CallbackInfo&) {
    std::vector<LoopHandle> fresh = NewAsyncs();
    if (fresh.size() != 2) return;
    size_t end = uv_handle_size(kUvAsync);
    for (size_t offset = kCommonPart; offset + sizeof(uintptr_t) <= end;
         offset += sizeof(uintptr_t)) {
      uintptr_t word = WordAt(fresh[0], offset);
      if (word == WordAt(fresh[1], offset) && IsInNode(word)) {
        callback_offset_ = offset;
        port_callback_ = word;
        return;
      }
    }
  }

  Napi::Value LearnTimeOut(const Napi::CallbackInfo& info) {
    auto milliseconds =
        static_cast<uint64_t>(info[0].As<Napi::Number>().Int64Value());
    for (LoopHandle handle : HandlesOf(loop_)) {
      if (uv_is_active(handle) == 0 || uv_handle_get_type(handle) != kUvTimer) {
        continue;
      }
      uint64_t due = uv_timer_get_due_in(handle);
      if (due > milliseconds || due + kMaxDelay < milliseconds) continue;
      time_out_class_ = TaskClassOf(handle);
      sample_ = handle;
    }
    return Napi::Boolean::New(info.Env(), time_out_class_ != 0);
  }

  // Whether a timer is a task of V8 that runs no JavaScript: any except a
  // time-out of Atomics.waitAsync().
  bool IsHousekeeping(LoopHandle timer) const {
    uintptr_t task_class = TaskClassOf(timer);
    return time_out_class_ != 0 && task_class != 0 &&
           (task_class != time_out_class_ || timer == sample_);
  }

  // The address of the virtual table of a delayed task of V8, which identifies
  // its class. Node stores the task in a struct that begins with a pointer to
  // it and contains the timer; the timer's `data` points to that struct. 0 if
  // the timer is not part of one.
  static uintptr_t TaskClassOf(LoopHandle timer) {
    constexpr uintptr_t kMaxOffset = 64;
    auto address = reinterpret_cast<uintptr_t>(timer);
    uintptr_t data = WordAt(timer, 0);
    uintptr_t task = 0;
    uintptr_t task_class = 0;
    if (data >= address || address - data > kMaxOffset ||
        !TryReadWord(reinterpret_cast<const void*>(data), &task) ||
        !TryReadWord(reinterpret_cast<const void*>(task), &task_class) ||
        !IsInNode(task_class)) {
      return 0;
    }
    return task_class;
  }

  std::vector<LoopHandle> NewAsyncs() const {
    std::vector<LoopHandle> fresh;
    for (LoopHandle handle : AsyncsOf(loop_)) {
      if (marked_.count(handle) == 0) fresh.push_back(handle);
    }
    return fresh;
  }

  uintptr_t CallbackOf(LoopHandle handle) const {
    return WordAt(handle, callback_offset_);
  }

  const napi_env env_;
  uv_loop_s* loop_ = nullptr;
  // By address. Ignored handles are never closed. A new handle at the address
  // of an old one counts as old, which errs towards no report.
  std::set<LoopHandle> old_;
  std::set<LoopHandle> marked_;
  std::set<LoopHandle> ignored_;
  size_t callback_offset_ = 0;
  uintptr_t port_callback_ = 0;
  uintptr_t time_out_class_ = 0;
  // The timer that the class was learned from. Its wait has ended.
  LoopHandle sample_ = nullptr;
};

// watchLoop(): LoopWatch.
napi_value WatchLoop(const Napi::CallbackInfo& info) {
  return LoopWatch::ClassIn(info.Env()).New({});
}

}  // namespace

void ExportLoopWatch(napi_env env, napi_value exports) {
  Export(env, exports, "watchLoop", Callback<WatchLoop>);
}

}  // namespace futex_waitgroup
