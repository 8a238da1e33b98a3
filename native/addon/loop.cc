// What the deadlock report asks of this thread's event loop (lib/deadlock/).
//
// An idle loop may still have handles without a ref on it, which do not keep it
// alive but can still run JavaScript: a MessagePort, a timer, a thread-safe
// function of another addon. Node's own handles are of that kind, too. What is
// not known to be Node's own counts as able to act.
#include <napi.h>

#include <cstdint>
#include <cstring>
#include <set>
#include <vector>

#include "../core/pin.h"
#include "addon.h"

// Of libuv, which Node exports with its own symbols; declared here since the
// Node-API headers come without it. The numbers are libuv 1.x's.
extern "C" {
struct uv_handle_s;
int uv_loop_alive(const uv_loop_s* loop);
void uv_walk(uv_loop_s* loop, void (*visit)(uv_handle_s*, void*), void* data);
int uv_is_active(const uv_handle_s* handle);
int uv_handle_get_type(const uv_handle_s* handle);
size_t uv_handle_size(int type);
uint64_t uv_timer_get_due_in(const uv_handle_s* timer);
}

namespace futex_waitgroup {

namespace {

enum UvHandleType : int {
  kUvAsync = 1,
  kUvCheck = 2,
  kUvIdle = 6,
  kUvPrepare = 9,
  kUvTimer = 13,
  kUvSignal = 16,
};

// Node's own: for immediates, and to measure how long the loop is idle.
constexpr int kOwnChecks = 2;
constexpr int kOwnPrepares = 1;

// What all handles of libuv 1.x begin with, in bytes.
constexpr size_t kCommonPart = 96;

// In milliseconds.
constexpr uint64_t kNotLongAgo = 600000;

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

std::vector<LoopHandle> AsyncsOf(uv_loop_s* loop) {
  std::vector<LoopHandle> asyncs;
  for (LoopHandle handle : HandlesOf(loop)) {
    if (uv_handle_get_type(handle) == kUvAsync) asyncs.push_back(handle);
  }
  return asyncs;
}

uintptr_t WordAt(LoopHandle handle, size_t offset) {
  uintptr_t word = 0;
  std::memcpy(&word, reinterpret_cast<const char*>(handle) + offset,
              sizeof(word));
  return word;
}

// Or data: what the linker has put into the same file.
bool IsCodeOfNode(uintptr_t address) {
  return InSameModule(reinterpret_cast<const void*>(address),
                      reinterpret_cast<const void*>(&napi_create_function));
}

// The loop of one environment. For the main thread of plain Node: other
// runtimes export these functions of libuv as traps, and a worker may be
// terminated at any time, when node-addon-api cannot even throw.
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

  explicit LoopWatch(const Napi::CallbackInfo& info) : ObjectWrap(info) {
    if (napi_get_uv_event_loop(info.Env(), &loop_) != napi_ok) {
      Napi::Error::New(info.Env(), "futex-waitgroup: no event loop")
          .ThrowAsJavaScriptException();
      return;
    }
    for (LoopHandle handle : AsyncsOf(loop_)) old_.insert(handle);
  }

 private:
  // Whether something keeps the loop alive.
  Napi::Value IsAlive(const Napi::CallbackInfo& info) {
    return Napi::Boolean::New(info.Env(), uv_loop_alive(loop_) != 0);
  }

  // Whether a handle that does not keep it alive may still run JavaScript.
  Napi::Value MayAct(const Napi::CallbackInfo& info) {
    return Napi::Boolean::New(info.Env(), FindWhatMayAct());
  }

  bool FindWhatMayAct() const {
    if (callback_offset_ == 0) return true;
    int checks = 0;
    int prepares = 0;
    // Node's own asyncs come singly. Any other kind (a port, a thread-safe
    // function) is there already: one of them is in `ignored_`, or has been.
    std::set<uintptr_t> callbacks = {port_callback_};
    for (LoopHandle handle : ignored_) callbacks.insert(CallbackOf(handle));
    for (LoopHandle handle : HandlesOf(loop_)) {
      if (uv_is_active(handle) == 0 || ignored_.count(handle) != 0) continue;
      switch (uv_handle_get_type(handle)) {
        case kUvAsync: {
          uintptr_t callback = CallbackOf(handle);
          bool single = callbacks.insert(callback).second;
          if (!single || !IsCodeOfNode(callback)) return true;
          break;
        }
        case kUvCheck:
          if (++checks > kOwnChecks) return true;
          break;
        case kUvPrepare:
          if (++prepares > kOwnPrepares) return true;
          break;
        case kUvTimer:
          if (!IsHousekeeping(handle)) return true;
          break;
        case kUvSignal:  // JavaScript knows which ones have a listener
          break;
        default:  // sockets, pipes, processes, watchers, …
          return true;
      }
    }
    return false;
  }

  // Whether a port is still there that was there before this object. A worker
  // has some for as long as it lives.
  Napi::Value HasOldPorts(const Napi::CallbackInfo& info) {
    bool found = false;
    for (LoopHandle handle : AsyncsOf(loop_)) {
      if (old_.count(handle) == 0) continue;
      if (callback_offset_ == 0 || CallbackOf(handle) == port_callback_) {
        found = true;
      }
    }
    return Napi::Boolean::New(info.Env(), found);
  }

  // Remembers which asyncs there are.
  void Mark(const Napi::CallbackInfo&) {
    std::vector<LoopHandle> asyncs = AsyncsOf(loop_);
    marked_ = std::set<LoopHandle>(asyncs.begin(), asyncs.end());
  }

  // ignoreNew(expected): the asyncs that are new since mark() never act, if
  // there are as many as expected.
  void IgnoreNew(const Napi::CallbackInfo& info) {
    std::vector<LoopHandle> fresh = NewAsyncs();
    if (fresh.size() == info[0].As<Napi::Number>().Uint32Value()) {
      ignored_.insert(fresh.begin(), fresh.end());
    }
  }

  // The asyncs that are new since mark() are the two ports of a MessageChannel.
  // Finds where an async keeps its callback: the first word beyond the common
  // part in which both have the same address in the code of Node.
  void LearnPorts(const Napi::CallbackInfo&) {
    std::vector<LoopHandle> fresh = NewAsyncs();
    if (fresh.size() != 2) return;
    size_t end = uv_handle_size(kUvAsync);
    for (size_t offset = kCommonPart; offset + sizeof(uintptr_t) <= end;
         offset += sizeof(uintptr_t)) {
      uintptr_t word = WordAt(fresh[0], offset);
      if (word == WordAt(fresh[1], offset) && IsCodeOfNode(word)) {
        callback_offset_ = offset;
        port_callback_ = word;
        return;
      }
    }
  }

  // learnTimeOut(milliseconds): finds the timer of an Atomics.waitAsync() that
  // was called with this time-out not long ago; true if it is there.
  Napi::Value LearnTimeOut(const Napi::CallbackInfo& info) {
    auto milliseconds =
        static_cast<uint64_t>(info[0].As<Napi::Number>().Int64Value());
    for (LoopHandle handle : HandlesOf(loop_)) {
      if (uv_is_active(handle) == 0 || uv_handle_get_type(handle) != kUvTimer) {
        continue;
      }
      uint64_t due = uv_timer_get_due_in(handle);
      if (due > milliseconds || due + kNotLongAgo < milliseconds) continue;
      time_out_class_ = TaskClassOf(handle);
      sample_ = handle;
    }
    return Napi::Boolean::New(info.Env(), time_out_class_ != 0);
  }

  // Whether a timer is a task of V8's that runs no JavaScript: any but the
  // time-outs of Atomics.waitAsync().
  bool IsHousekeeping(LoopHandle timer) const {
    uintptr_t task_class = TaskClassOf(timer);
    return time_out_class_ != 0 && task_class != 0 &&
           (task_class != time_out_class_ || timer == sample_);
  }

  // Node keeps a delayed task of V8's as a struct that begins with the pointer
  // to the task and has the timer in it; the timer's data points back. The
  // address of the task's virtual table tells the class. 0 where anything about
  // that is not so.
  static uintptr_t TaskClassOf(LoopHandle timer) {
    constexpr uintptr_t kMostBefore = 64;
    auto address = reinterpret_cast<uintptr_t>(timer);
    uintptr_t data = WordAt(timer, 0);
    uintptr_t task = 0;
    uintptr_t task_class = 0;
    if (data >= address || address - data > kMostBefore ||
        !ReadWord(reinterpret_cast<const void*>(data), &task) ||
        !ReadWord(reinterpret_cast<const void*>(task), &task_class) ||
        !IsCodeOfNode(task_class)) {
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

  uv_loop_s* loop_ = nullptr;
  // By address. What is ignored is never closed. A new handle at the address of
  // an old one counts as old, which errs to "may act".
  std::set<LoopHandle> old_;
  std::set<LoopHandle> marked_;
  std::set<LoopHandle> ignored_;
  size_t callback_offset_ = 0;
  uintptr_t port_callback_ = 0;
  uintptr_t time_out_class_ = 0;
  // The time-out that it was learned from, which is over but for its timer.
  LoopHandle sample_ = nullptr;
};

}  // namespace

namespace {

// watchLoop(): LoopWatch.
napi_value WatchLoop(napi_env env, napi_callback_info) {
  return LoopWatch::ClassIn(env).New({});
}

}  // namespace

void ExportLoop(napi_env env, napi_value exports) {
  Export(env, exports, "watchLoop", WatchLoop);
}

}  // namespace futex_waitgroup
