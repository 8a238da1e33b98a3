// A counting semaphore in one 64-bit word, on top of a futex.
//
//   63                        32 31                         0
//  +----------------------------+----------------------------+
//  | sleepers                   | permits                    |
//  +----------------------------+----------------------------+
//    threads that are asleep,      added by Release() and not
//    about to sleep, or just       yet taken; the futex
//    woken                         compares this half
//
// All zero is a semaphore without permits. The word contains no pointers: a
// stray write can lose wakes or add permits, but cannot crash the process.
//
// No wake is lost. T1 releases a permit while T2 goes to sleep:
//
//   T1 (Release)                      T2 (SleepAcquire)
//   a: old = word.fetch_add(1)        q: word.fetch_add(1 << 32)
//   b: if old.sleepers != 0: wake     r: futex compares the low half with 0
//
// a and q change the same word, so one is first. If q is first, a sees the
// sleeper and b wakes it: either r has put T2 to sleep, or r comes later and
// the kernel finds the low half changed. If a is first, r finds it changed.
// With permits and sleepers in two words, a, q and T1's load of the sleepers
// would all have to be seq_cst.
#pragma once

#include <cstdint>

#include "../platform/deadline.h"
#include "race.h"

namespace futex_waitgroup {

class Semaphore {
 public:
  // A view of `word`, which it does not own. Copies view the same word.
  explicit Semaphore(Word* word) : word_(word) {}

  // Adds `permits` and wakes as many sleepers: one system call, or none if no
  // thread sleeps. Uses only the address once the permits are added, since the
  // thread that takes one may free the memory.
  // Requires: permits > 0.
  // Memory ordering: what thread X did before Release() happens before what
  // thread Y does after the TryAcquire() that took one of its permits.
  void Release(uint32_t permits) const;

  // Takes a permit if there is one. Never blocks, makes no system call.
  // Memory ordering: its load of the permits and the addition in Release() are
  // seq_cst. A caller may order them with seq_cst operations of its own;
  // promise_table.h does.
  bool TryAcquire() const;

  // Wakes all sleepers for nothing, so that each looks at its own state. Never
  // reads the memory.
  void WakeSleepers() const;

  // Sleeps until there may be a permit or until `deadline`, then tries once.
  // May wake spuriously. Returns whether it took a permit.
  bool SleepAcquire(Deadline deadline) const;

 private:
  const uint32_t* futex_word() const;

  Word* word_;
};

}  // namespace futex_waitgroup
