// The copies of this code in one process. npm installs the package more than
// once where versions differ, and another addon may be built from native/core.
// Each such module has a promise table of its own, and a release has to reach
// the promise waiters in all of them.
//
// Each module exports one C struct, futex_waitgroup_copy. The structs form a
// list, and a release calls the `sweep` of each. Nothing else crosses from one
// module to another: their compilers and standard libraries may differ.
//
//   head: the struct of the module that was loaded first
//     │ next        next
//     └──> copy ──────> copy ──> null      the latest to join comes first
//
// Each copy joins once, before the first wait through it. All choose the same
// head, whether or not that module has joined itself. It is where the list
// begins, so it is linked to nothing. Modules on the list are never unloaded,
// and no link changes but the head's.
//
// A release through copy B and a promise wait through copy A:
//
//   T1 (WaitGroup::Settle in B)           T2 (A)
//   a: adds the permits                   j: head->next = A
//   w: loads head->next                   p: raises A's number registered
//   b: calls the sweep of each copy       r: looks for a permit: none
//      from the head on
//
// No wake is lost. j comes before p and r in program order, or in that of the
// thread whose Join() this one waited for. a, w, j and r are seq_cst. If w
// finds A, at once or behind copies that joined later, T1 goes on with b of
// promise_table.h in A's table. If it does not, w is before j in their one
// order, so a is before r, and r finds the permit. If A is the head, T1 always
// finds it. (Loading head->next before adding the permits, or joining after
// the look, loses wakes.)
#ifndef FUTEX_WAITGROUP_COPIES_H_
#define FUTEX_WAITGROUP_COPIES_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

namespace futex_waitgroup {

constexpr uint32_t kCopyVersion = 1;

// PromiseTable::Sweep() of this module.
void SweepThisCopy(const void* address);

// What one module knows of another. `version`, `size` and `head` stay where
// they are in all versions. A minor version only appends fields: `version`
// stays, `size` grows, and whoever reads an appended field looks at `size`
// first. Any other change raises `version`.
struct Copy {
  uint32_t version = kCopyVersion;
  uint32_t size = sizeof(Copy);
  // Where the list begins. Null before this copy has joined.
  std::atomic<Copy*> head{nullptr};
  std::atomic<Copy*> next{nullptr};
  // Callable on any thread.
  void (*sweep)(const void* address) = &SweepThisCopy;
  // How many handles to groups native code outside of Node holds through this
  // module, on any thread.
  std::atomic<uint32_t> retained{0};
};
static_assert(std::atomic<Copy*>::is_always_lock_free &&
                  sizeof(std::atomic<Copy*>) == sizeof(Copy*) &&
                  sizeof(std::atomic<uint32_t>) == sizeof(uint32_t),
              "an atomic is the plain word to every compiler");
static_assert(sizeof(void*) != 8 || offsetof(Copy, retained) == 32,
              "the layout is the same in every module");

// What the first minor version has. No copy of ours is smaller.
constexpr uint32_t kCopyLeastSize = offsetof(Copy, retained) + sizeof(uint32_t);

// This module's own, which it exports as futex_waitgroup_copy. Defined in the
// file of the operating system, since exporting has no portable spelling.
// Constant-initialized: other modules may read it before this one's
// constructors have run.
extern Copy* const kThisCopy;

enum class Joined {
  kYes,
  // The head is of a version that this one does not fit together with.
  kIncompatible,
  // The system refuses: its list of modules cannot be had, or a module cannot
  // be pinned.
  kRefused,
};

// Finds the other copies and joins them. Pins this module. Any thread, any
// number of times; after kYes it does nothing. Call it when the module is set
// up, before anybody can wait through it.
// kIncompatible: `other` is set to the path of the other module.
Joined JoinCopies(std::string* other);

// Hands the promise waiters on `address`, in all copies, to their loops. Only
// the address counts; the memory may be gone. Call it after the permits were
// added. Where this copy has not joined, it sweeps this one alone.
void SweepAllCopies(const std::atomic<uint64_t>* address);

// The sum of `retained`: above zero, code outside of Node may still count.
// Memory ordering: what a thread did before it lowered its number, by a
// release, has happened before what the caller does next, if it sees that.
uint32_t RetainedInAllCopies();

// For copies.cc, in the file of the operating system. Chooses the head, which
// is the same in every copy, sets kThisCopy->head to it, and keeps it
// loaded. Null where the system refuses.
// Requires: this module is pinned. One call at a time in this module.
Copy* AgreeOnHead();

}  // namespace futex_waitgroup

#endif  // FUTEX_WAITGROUP_COPIES_H_
