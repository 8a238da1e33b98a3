// A counting semaphore in one 64-bit word, on top of a futex.
//
//   63                        32 31                         0
//  +----------------------------+----------------------------+
//  | sleepers                   | permits                    |
//  +----------------------------+----------------------------+
//    threads asleep on the word,   what Release() added and
//    or about to be, or just       nobody has taken yet; the
//    awake again                   half that the futex compares
//
// All zero is a ready semaphore without permits. The word has no pointers: a
// stray write to it can lose wakes and grant permits, never harm the process.
//
// No wake is lost. T1 releases one permit, T2 looks for one and sleeps:
//
//   T1 (Release)                      T2 (Acquire)
//   a: old = word.fetch_add(1)        p: no permit in word
//   b: old.sleepers != 0: wake        q: word.fetch_add(1 << 32)
//                                     r: futex compares the low half with 0
//
// a and q are on one word, so one comes first. If q, then a sees the sleeper
// and b wakes: either r has put T2 to sleep and b reaches it, or r comes later
// and the kernel finds the low half changed. If a, then r finds it changed. One
// word is what makes this short: with permits and sleepers in two, a, its look
// at the sleepers and q would all have to be seq_cst.
#ifndef FUTEX_WAITGROUP_SEMAPHORE_H_
#define FUTEX_WAITGROUP_SEMAPHORE_H_

#include <atomic>
#include <cstdint>

#include "deadline.h"

namespace futex_waitgroup {

class Semaphore {
 public:
  // A view of a word that lives elsewhere; copying the view is fine.
  explicit Semaphore(std::atomic<uint64_t>* word) : word_(word) {}

  // Adds `permits` and wakes as many sleepers, with at most one system call,
  // and none where nobody sleeps. Only the address is used after the permits
  // are added: whoever takes one may free the memory.
  // Requires: permits > 0.
  // Memory ordering: for any threads X and Y, what X did before Release() has
  // happened before what Y does after the TryAcquire() that took its permit.
  void Release(uint32_t permits) const;

  // Takes a permit if there is one. Never blocks, no system call.
  bool TryAcquire() const;

  // Spins for a permit, as long as this thread's experience says that it pays
  // (see semaphore.cc), never beyond `deadline`. True: a permit was taken.
  bool SpinAcquire(Deadline deadline) const;

  // Sleeps until there may be a permit or until `deadline`, whichever is
  // first, or for no reason, and then tries once. True: a permit was taken.
  bool SleepAcquire(Deadline deadline) const;

  // Permits there right now: a snapshot, for reports.
  uint32_t permits() const {
    return static_cast<uint32_t>(word_->load(std::memory_order_relaxed));
  }

 private:
  const uint32_t* futex_word() const;

  std::atomic<uint64_t>* word_;
};

// Tells the processor that this is a spinning loop. About 15 to 60 ns.
void SpinPause();

}  // namespace futex_waitgroup

#endif  // FUTEX_WAITGROUP_SEMAPHORE_H_
