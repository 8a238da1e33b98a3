// What ThreadSanitizer is told about a group, in builds with
// -fsanitize=thread. Other builds have no trace of it.
//
// A race is found between accesses that no synchronization orders. The atomic
// operations on a group order more than its contract does: a Wait() that times
// out has read what a Done() wrote. So ThreadSanitizer does not see them. It
// sees the model of Go's race detector instead:
//
//  | event                            | to ThreadSanitizer                    |
//  |----------------------------------|---------------------------------------|
//  | Done(), Add() of a negative      | a release to `state`                  |
//  | a wait or a poll has found zero, | an acquire from `state`               |
//  | or was released                  |                                       |
//  | an Add() counts up from zero     | a plain read of `sema`                |
//  | a wait is the first to be counted| a plain write to `sema`               |
//
// So an Add() from zero that is not ordered before or after a Wait() is a race
// of these two. The first Add() calls are reads, as several may run at once.
// Only the first waiter writes, as waits may run at once.
//
// Go has no waits that end early. After one, the next wait may be the first
// again, and two waits are no race: the one that ends releases to the upper
// half of `sema`, and a first waiter acquires from there.
//
// Locks order more than the contract, too: those of the promise table, and that
// of the poll schedules. A race that they order is not found.
//
// With -DFUTEX_WAITGROUP_NO_RACE it sees the atomic operations, and none of
// this. So it checks their memory orders.
//
// All files of a program are built with -fsanitize=thread, or none.
#pragma once

#include <atomic>
#include <cstdint>

#if defined(FUTEX_WAITGROUP_NO_RACE)
#elif defined(__SANITIZE_THREAD__)
#define FUTEX_WAITGROUP_RACE
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define FUTEX_WAITGROUP_RACE
#endif
#endif

#ifdef FUTEX_WAITGROUP_RACE
extern "C" {
// The run-time library's.
void __tsan_acquire(void* address);
void __tsan_release(void* address);
void __tsan_read4(void* address);
void __tsan_write4(void* address);
void AnnotateIgnoreSyncBegin(const char* file, int line);
void AnnotateIgnoreSyncEnd(const char* file, int line);
}
#endif

namespace futex_waitgroup {

#ifdef FUTEX_WAITGROUP_RACE

// An atomic word whose operations ThreadSanitizer does not see.
class Word : public std::atomic<uint64_t> {
 public:
  using Atomic = std::atomic<uint64_t>;
  using Order = std::memory_order;
  using Atomic::Atomic;
  using Atomic::operator=;

  uint64_t load(Order order = std::memory_order_seq_cst) const {
    Unseen unseen;
    return Atomic::load(order);
  }
  void store(uint64_t value, Order order = std::memory_order_seq_cst) {
    Unseen unseen;
    Atomic::store(value, order);
  }
  uint64_t fetch_add(uint64_t value, Order order) {
    Unseen unseen;
    return Atomic::fetch_add(value, order);
  }
  uint64_t fetch_sub(uint64_t value, Order order) {
    Unseen unseen;
    return Atomic::fetch_sub(value, order);
  }
  bool compare_exchange_weak(uint64_t& expected, uint64_t value, Order success,
                             Order failure) {
    Unseen unseen;
    return Atomic::compare_exchange_weak(expected, value, success, failure);
  }
  bool compare_exchange_strong(uint64_t& expected, uint64_t value,
                               Order success, Order failure) {
    Unseen unseen;
    return Atomic::compare_exchange_strong(expected, value, success, failure);
  }

 private:
  struct Unseen {
    Unseen() { AnnotateIgnoreSyncBegin(__FILE__, __LINE__); }
    ~Unseen() { AnnotateIgnoreSyncEnd(__FILE__, __LINE__); }
  };
};

namespace race {

inline uint32_t* UpperHalf(Word* word) {
  return reinterpret_cast<uint32_t*>(word) + 1;
}

inline void BeforeAdd(Word* state, int32_t delta) {
  if (delta < 0) __tsan_release(state);
}
inline void AfterAdd(Word* sema, int32_t delta, uint64_t state) {
  if (delta > 0 && static_cast<int32_t>(state >> 32) == delta) {
    __tsan_read4(sema);
  }
}
inline void Counted(Word* sema, uint32_t waiters_before) {
  if (waiters_before != 0) return;
  __tsan_acquire(UpperHalf(sema));
  __tsan_write4(sema);
}
inline void BeforeCancel(Word* sema) { __tsan_release(UpperHalf(sema)); }
inline void FoundZero(Word* state) { __tsan_acquire(state); }

}  // namespace race

#else

using Word = std::atomic<uint64_t>;

namespace race {

inline void BeforeAdd(Word*, int32_t) {}
inline void AfterAdd(Word*, int32_t, uint64_t) {}
inline void Counted(Word*, uint32_t) {}
inline void BeforeCancel(Word*) {}
inline void FoundZero(Word*) {}

}  // namespace race

#endif

}  // namespace futex_waitgroup
