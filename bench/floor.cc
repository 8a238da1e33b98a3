// The floor of round-trip.mjs: the same two threads pass an atomic to and fro,
// with the spin of native/core/spin.cc and a futex, without a counter.
// Linux only.
#include <linux/futex.h>
#include <node_api.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdint>

namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kSpin = std::chrono::nanoseconds(30000);
constexpr int kPausesPerClock = 16;
constexpr uint32_t kMaxBackOff = 8;

thread_local uint32_t failures = 0;
thread_local uint32_t skip = 0;

void Pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ __volatile__("yield" ::: "memory");
#endif
}

// A token that one thread posts and one other takes.
class alignas(128) Token {
 public:
  void Post() {
    if (state_.exchange(kPosted, std::memory_order_acq_rel) == kSleeping) {
      syscall(SYS_futex, &state_, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
    }
  }

  void Take() {
    if (TryTake() || Spin()) return;
    uint32_t expected = kEmpty;
    state_.compare_exchange_strong(expected, kSleeping,
                                   std::memory_order_acq_rel);
    while (!TryTake()) {
      syscall(SYS_futex, &state_, FUTEX_WAIT_PRIVATE, kSleeping, nullptr,
              nullptr, 0);
    }
  }

 private:
  enum State : uint32_t { kEmpty, kPosted, kSleeping };

  // Only the taker changes kPosted.
  bool TryTake() {
    if (state_.load(std::memory_order_acquire) != kPosted) return false;
    state_.store(kEmpty, std::memory_order_relaxed);
    return true;
  }

  bool Spin() {
    if (skip > 0) {
      skip--;
      return false;
    }
    const auto until = Clock::now() + kSpin;
    do {
      for (int i = 0; i < kPausesPerClock; i++) {
        Pause();
        if (TryTake()) {
          failures = 0;
          return true;
        }
      }
    } while (Clock::now() < until);
    if (failures < kMaxBackOff) failures++;
    skip = (1u << failures) - 1;
    return false;
  }

  std::atomic<uint32_t> state_{kEmpty};
};

// Of all threads that load this addon.
Token ping;
Token pong;

// call(times): fills a Float64Array with the nanoseconds of as many round
// trips.
napi_value Call(napi_env env, napi_callback_info info) {
  size_t argc = 1;
  napi_value argument = nullptr;
  napi_get_cb_info(env, info, &argc, &argument, nullptr, nullptr);
  void* data = nullptr;
  size_t trips = 0;
  napi_get_typedarray_info(env, argument, nullptr, &trips, &data, nullptr,
                           nullptr);
  auto last = Clock::now();
  for (size_t i = 0; i < trips; i++) {
    ping.Post();
    pong.Take();
    const auto now = Clock::now();
    static_cast<double*>(data)[i] =
        std::chrono::duration<double, std::nano>(now - last).count();
    last = now;
  }
  return nullptr;
}

// answer(trips): the other thread's half.
napi_value Answer(napi_env env, napi_callback_info info) {
  size_t argc = 1;
  napi_value argument = nullptr;
  napi_get_cb_info(env, info, &argc, &argument, nullptr, nullptr);
  uint32_t trips = 0;
  napi_get_value_uint32(env, argument, &trips);
  for (uint32_t i = 0; i < trips; i++) {
    ping.Take();
    pong.Post();
  }
  return nullptr;
}

}  // namespace

NAPI_MODULE_INIT() {
  napi_value call = nullptr;
  napi_value answer = nullptr;
  napi_create_function(env, "call", NAPI_AUTO_LENGTH, Call, nullptr, &call);
  napi_create_function(env, "answer", NAPI_AUTO_LENGTH, Answer, nullptr,
                       &answer);
  napi_set_named_property(env, exports, "call", call);
  napi_set_named_property(env, exports, "answer", answer);
  return exports;
}
