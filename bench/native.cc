// What native.mjs measures: one operation of a group beside one of an atomic,
// and a pool of two threads that tells its end in several ways.
#include <futex_waitgroup.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

namespace {

using Clock = std::chrono::steady_clock;

alignas(128) std::atomic<uint64_t> counter{0};

struct Jobs {
  explicit Jobs(int64_t jobs) : left(jobs) {}
  alignas(128) std::atomic<int64_t> next{0};
  alignas(128) std::atomic<int64_t> left;
  alignas(128) std::mutex mutex;
  std::condition_variable changed;
};
using JobsPointer = std::shared_ptr<Jobs>;

int64_t Number(napi_env env, napi_value value) {
  int64_t number = 0;
  napi_get_value_int64(env, value, &number);
  return number;
}

template <typename Call>
napi_value TimeOf(napi_env env, int64_t calls, Call call) {
  double nanoseconds = 0;
  std::thread([&] {
    const auto start = Clock::now();
    for (int64_t i = 0; i < calls; i++) call();
    nanoseconds =
        std::chrono::duration<double, std::nano>(Clock::now() - start).count();
  }).join();
  napi_value result = nullptr;
  napi_create_double(env, nanoseconds / static_cast<double>(calls), &result);
  return result;
}

// done(wg, calls): nanoseconds per fwg_done() of a native thread.
napi_value Done(napi_env env, napi_callback_info info) {
  size_t argc = 2;
  napi_value argv[2];
  napi_get_cb_info(env, info, &argc, argv, nullptr, nullptr);
  fwg_group* group = nullptr;
  if (fwg_acquire(env, argv[0], &group) != FWG_OK) return nullptr;
  const int64_t calls = Number(env, argv[1]);
  fwg_add(group, static_cast<int32_t>(calls));
  napi_value result = TimeOf(env, calls, [group] { fwg_done(group); });
  fwg_release(group);
  return result;
}

// atomic(calls): the same for one atomic addition.
napi_value Atomic(napi_env env, napi_callback_info info) {
  size_t argc = 1;
  napi_value argv[1];
  napi_get_cb_info(env, info, &argc, argv, nullptr, nullptr);
  return TimeOf(env, Number(env, argv[0]), [] {
    counter.fetch_add(uint64_t{0xffffffff} << 32, std::memory_order_acq_rel);
  });
}

// A thread may still look for a job when the last one has ended.
template <typename Finish>
JobsPointer Start(int64_t count, int64_t threads, int64_t job_ns,
                  Finish finish) {
  const auto jobs = std::make_shared<Jobs>(count);
  for (int64_t i = 0; i < threads; i++) {
    std::thread([=] {
      while (jobs->next.fetch_add(1) < count) {
        if (job_ns > 0) {
          const auto end = Clock::now() + std::chrono::nanoseconds(job_ns);
          while (Clock::now() < end) continue;
        }
        finish(*jobs);
      }
    }).detach();
  }
  return jobs;
}

// group(wg, jobs, threads, jobNs): starts jobs; each counts down.
napi_value Group(napi_env env, napi_callback_info info) {
  size_t argc = 4;
  napi_value argv[4];
  napi_get_cb_info(env, info, &argc, argv, nullptr, nullptr);
  fwg_group* group = nullptr;
  if (fwg_acquire(env, argv[0], &group) != FWG_OK) return nullptr;
  const int64_t jobs = Number(env, argv[1]);
  fwg_add(group, static_cast<int32_t>(jobs));
  // The handle is kept: a batch that gave it up would need a counter more.
  Start(jobs, Number(env, argv[2]), Number(env, argv[3]),
        [group](Jobs&) { fwg_done(group); });
  napi_value external = nullptr;
  napi_create_external(env, group, nullptr, nullptr, &external);
  return external;
}

// release(what group() returned).
napi_value Release(napi_env env, napi_callback_info info) {
  size_t argc = 1;
  napi_value argv[1];
  void* group = nullptr;
  napi_get_cb_info(env, info, &argc, argv, nullptr, nullptr);
  napi_get_value_external(env, argv[0], &group);
  fwg_release(static_cast<fwg_group*>(group));
  return nullptr;
}

// latch(jobs, threads, jobNs): starts jobs, and blocks until they have ended.
napi_value Latch(napi_env env, napi_callback_info info) {
  size_t argc = 3;
  napi_value argv[3];
  napi_get_cb_info(env, info, &argc, argv, nullptr, nullptr);
  const JobsPointer started =
      Start(Number(env, argv[0]), Number(env, argv[1]), Number(env, argv[2]),
            [](Jobs& jobs) {
              if (jobs.left.fetch_sub(1, std::memory_order_acq_rel) != 1)
                return;
              std::lock_guard<std::mutex> lock(jobs.mutex);
              jobs.changed.notify_all();
            });
  std::unique_lock<std::mutex> lock(started->mutex);
  started->changed.wait(
      lock, [&] { return started->left.load(std::memory_order_acquire) == 0; });
  return nullptr;
}

napi_threadsafe_function ThreadSafe(napi_env env, napi_value callback) {
  napi_value name = nullptr;
  napi_threadsafe_function function = nullptr;
  napi_create_string_utf8(env, "bench", NAPI_AUTO_LENGTH, &name);
  napi_create_threadsafe_function(env, callback, nullptr, name, 0, 1, nullptr,
                                  nullptr, nullptr, nullptr, &function);
  return function;
}

// calls(callback, jobs, threads, jobNs): each job calls the callback, by a
// thread-safe function.
napi_value Calls(napi_env env, napi_callback_info info) {
  size_t argc = 4;
  napi_value argv[4];
  napi_get_cb_info(env, info, &argc, argv, nullptr, nullptr);
  const napi_threadsafe_function function = ThreadSafe(env, argv[0]);
  Start(Number(env, argv[1]), Number(env, argv[2]), Number(env, argv[3]),
        [function](Jobs& jobs) {
          napi_call_threadsafe_function(function, nullptr,
                                        napi_tsfn_nonblocking);
          if (jobs.left.fetch_sub(1) == 1) {
            napi_release_threadsafe_function(function, napi_tsfn_release);
          }
        });
  return nullptr;
}

// lastCalls(callback, jobs, threads, jobNs): the last job calls the callback,
// for all.
napi_value LastCalls(napi_env env, napi_callback_info info) {
  size_t argc = 4;
  napi_value argv[4];
  napi_get_cb_info(env, info, &argc, argv, nullptr, nullptr);
  const napi_threadsafe_function function = ThreadSafe(env, argv[0]);
  Start(Number(env, argv[1]), Number(env, argv[2]), Number(env, argv[3]),
        [function](Jobs& jobs) {
          if (jobs.left.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
          napi_call_threadsafe_function(function, nullptr,
                                        napi_tsfn_nonblocking);
          napi_release_threadsafe_function(function, napi_tsfn_release);
        });
  return nullptr;
}

}  // namespace

NAPI_MODULE_INIT() {
  const struct {
    const char* name;
    napi_callback callback;
  } functions[] = {{"done", Done},          {"atomic", Atomic},
                   {"group", Group},        {"release", Release},
                   {"latch", Latch},        {"calls", Calls},
                   {"lastCalls", LastCalls}};
  for (const auto& each : functions) {
    napi_value function = nullptr;
    napi_create_function(env, each.name, NAPI_AUTO_LENGTH, each.callback,
                         nullptr, &function);
    napi_set_named_property(env, exports, each.name, function);
  }
  return exports;
}
