// The memory that a spawned thread shares with its parent. lib/threads/ uses
// the same layout (lib/binding/layout.ts).
#pragma once

#include <atomic>
#include <cstdint>

#include "../core/layout.h"

namespace futex_waitgroup {

// Who owns the count that spawn() added for a thread. The owner changes the
// word to kNobody by a compare-and-exchange, and then counts down
// (Guard::Release() in guards.cc). So exactly one side counts down:
// test/model/thread_count.pml checks every order of steps.
//
//   parent ──────────────> thread ──────────────> nobody
//      │   the preload,           the thread's cleanup hook
//      │   before the script
//      └────────────────────────────────────────> nobody
//          the parent: terminate(), the exit event, a poll that finds the
//          thread gone, or the end of its own environment
enum class Owner : int32_t { kParent = 0, kThread = 1, kNobody = 2 };

struct ThreadRecord {
  // A group that counts 1 until the thread has counted down; Thread.join()
  // waits for it. It reaches zero last, after the thread's other counts.
  Memory join;
  std::atomic<Owner> owner;
  int32_t reserved;
  // Identifies the waits of the parent's environment: see poll_schedule.h. The
  // parent sets it before the thread starts.
  uint64_t parent;
};
static_assert(sizeof(ThreadRecord) == 32 &&
                  sizeof(std::atomic<Owner>) == sizeof(int32_t),
              "lib/ uses the same layout");

}  // namespace futex_waitgroup
