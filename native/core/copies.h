// One process may load several copies of this code: npm installs a package more
// than once if versions differ, and other addons may be built from native/core.
// Each copy is one module with its own promise table. A release has to reach
// the promise waiters in all of them.
//
// Each module exports one C struct. The structs form a list, and a release
// calls the `wake` of each. Nothing else crosses between modules, since their
// compilers and standard libraries may differ.
//
//   head: the struct that all copies agree on (modules.h)
//     │ next        next
//     └──> copy ──────> copy ──> null      the last to join is first
//
// Each copy joins the list once, before any wait through it begins. The head
// starts the list, even before it joins itself. Other copies are inserted right
// behind it, so only the head's link changes. Modules on the list are never
// unloaded.
//
// A release through copy B, and a promise waiter of copy A:
//
//   T1 (WaitGroup::FinishAdd in B)        T2 (A)
//   a: adds the permits                   j: head->next = A
//   u: calls the head's `wake`            p: increments A's `registered`
//   w: loads head->next                   r: looks for a permit, finds none
//   x: calls the `wake` of the others
//
// No wake is lost. j happens before p and r: T2 did j itself, or T2's
// JoinCopies() returned after another thread's had done j. a, w, j and r are
// seq_cst. If w finds A, directly or behind copies that joined later, T1
// continues with b of promise_table.h in A's table. If it does not, w is before
// j in the single order of seq_cst operations, so a is before r, and r finds
// the permit. If A is the head, T1 always finds it. (Two changes would lose
// wakes: w before a, and r before j.)
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

#include "../platform/modules.h"

namespace futex_waitgroup {

constexpr uint32_t kCopyVersion = 1;

// PromiseTable::Wake() of this module.
void WakeInThisCopy(const void* address);

// What each module exports, and all that others know of it. A minor version
// only appends fields: `version` stays and `size` grows, and code that reads an
// appended field checks `size` first. Any other change increments `version`.
struct Copy {
  CopyHeader header{kCopyVersion, sizeof(Copy)};
  std::atomic<Copy*> next{nullptr};
  // Callable on any thread.
  void (*wake)(const void* address) = &WakeInThisCopy;
  // The number of handles to groups that native code outside of Node holds
  // through this module, on any thread.
  std::atomic<uint32_t> retained{0};
};
static_assert(std::atomic<Copy*>::is_always_lock_free &&
                  sizeof(std::atomic<Copy*>) == sizeof(Copy*) &&
                  sizeof(std::atomic<uint32_t>) == sizeof(uint32_t),
              "to every compiler an atomic is the plain word");
static_assert(sizeof(void*) != 8 || offsetof(Copy, retained) == 32,
              "the layout is the same in every module");

// The size in the first minor version. No copy is smaller.
constexpr uint32_t kCopyMinSize = offsetof(Copy, retained) + sizeof(uint32_t);

// This module's own struct, which it exports. Constant-initialized, because
// other modules may read it before this module's constructors have run.
extern Copy* const kThisCopy;

enum class Joined {
  kYes,
  // The head's version is incompatible with this one.
  kIncompatible,
  // The system refuses to list modules or to pin one.
  kRefused,
};

// Pins this module, finds the other copies and joins their list. Call it when
// the module is loaded, before any wait through it. Any thread may call it, any
// number of times; after kYes it does nothing.
// kIncompatible: sets `other` to the path of the head's module.
Joined JoinCopies(std::string* other);

// Wakes the promise waiters of `address` in all copies. Uses only the address;
// the memory may have been freed. Call it after adding the permits. Before
// JoinCopies(), it reaches this copy only.
void WakePromiseWaiters(const std::atomic<uint64_t>* address);

// The sum of `retained` over all copies. Above zero, threads that Node does not
// know of may still count down.
// Memory ordering: a thread decrements its number with release. What it did
// before happens before what the caller does after reading the lower number.
uint32_t RetainedInAllCopies();

}  // namespace futex_waitgroup
