// The copies of this code in one process. npm installs a package more than once
// if versions differ, and another addon may be built from native/core. Each
// module has its own promise table, and a release has to reach the promise
// waiters in all of them.
//
// Each module exports one C struct. The structs form a list, and a release
// calls the `wake` of each. Nothing else crosses between modules, since their
// compilers and standard libraries may differ.
//
//   head: the struct that all copies agree on (modules.h)
//     │ next        next
//     └──> copy ──────> copy ──> null      the last to join is first
//
// Each copy joins once, before the first wait through it. The head begins the
// list and is linked to by no copy; it is on the list even if it has not joined
// itself. Modules on the list are never unloaded, and only the head's link ever
// changes.
//
// A release through copy B, and a promise waiter of copy A:
//
//   T1 (WaitGroup::FinishAdd in B)        T2 (A)
//   a: adds the permits                   j: head->next = A
//   w: loads head->next                   p: increments A's `registered`
//   b: calls the `wake` of each copy      r: looks for a permit, finds none
//      from the head on
//
// No wake is lost. j precedes p and r: in program order, or in that of the
// thread whose JoinCopies() this thread blocked on. a, w, j and r are seq_cst.
// If w finds A, directly or behind copies that joined later, T1 goes on with b
// of promise_table.h in A's table. If it does not, w is before j in their one
// order, so a is before r, and r finds the permit. If A is the head, T1 always
// finds it. (Two changes would lose wakes: loading head->next before adding the
// permits, and joining after the look.)
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

// What one module knows of another. A minor version only appends fields:
// `version` stays and `size` grows, and code that reads an appended field
// checks `size` first. Any other change increments `version`.
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

// The size in the first minor version, which no copy is below.
constexpr uint32_t kCopyMinSize = offsetof(Copy, retained) + sizeof(uint32_t);

// This module's own, which it exports. Constant-initialized: other modules may
// read it before this module's constructors have run.
extern Copy* const kThisCopy;

enum class Joined {
  kYes,
  // The head has a version that does not work together with this one.
  kIncompatible,
  // The system refuses to list modules or to pin one.
  kRefused,
};

// Finds the other copies and joins their list. Pins this module. Any thread,
// any number of times; does nothing after kYes. Call it when the module is
// loaded, before any wait through it.
// kIncompatible: `other` is set to the path of the other module.
Joined JoinCopies(std::string* other);

// Wakes the promise waiters of `address` in all copies. Uses only the address;
// the memory may have been freed. Call it after the permits were added. Before
// JoinCopies() it reaches this copy alone.
void WakePromiseWaiters(const std::atomic<uint64_t>* address);

// The sum of `retained` over all copies. Above zero, threads that Node does not
// know of may still count.
// Memory ordering: what a thread did before it decremented its number, with
// release, happens before what the caller does after it has read that number.
uint32_t RetainedInAllCopies();

}  // namespace futex_waitgroup
