// The head is the first module, in load order, that exports the struct. Every
// copy comes to the same answer without a lock that all of them share:
//
// - A copy looks at the modules before itself only. New modules are added at
//   the end, so what is before it can only become less.
// - A copy before it that is pinned stays, and every later one finds it.
// - A copy before it that is not pinned may be unloaded at any time, and loaded
//   again, at the end. A handle keeps it where it is. If it is still before
//   this module once there is a handle, it is pinned and becomes the head. If
//   it is not, it will find this module, or one before it, when it joins.
//
// So two copies that look at once have the same pinned modules before them, and
// one that is not pinned is the head for whoever finds it first and for all who
// come later, or it is gone for all of them.
#include "copies_posix.h"

#include <dlfcn.h>

#include "copies.h"
#include "pin.h"

namespace futex_waitgroup {

namespace {

const void* BaseOf(const void* inside) {
  Dl_info info;
  return dladdr(inside, &info) == 0 ? nullptr : info.dli_fbase;
}

// Requires: the module at `second` is loaded and stays so.
bool IsLoadedBefore(const void* first, const void* second) {
  for (const LoadedModule& module : LoadedModules()) {
    if (module.base == second) return false;
    if (module.base == first) return true;
  }
  return false;
}

enum class Found { kNone, kHead, kRefused };

// Whether `module`, which was before the one at `self`, is a copy and still
// before it: then `copy` is its struct, and it is pinned.
Found LookInto(const LoadedModule& module, const void* self, Copy** copy) {
  // Waits until a module that is being loaded has been relocated. RTLD_NOLOAD:
  // nothing is loaded; the handle keeps what is there.
  void* handle = dlopen(module.name.empty() ? nullptr : module.name.c_str(),
                        RTLD_LAZY | RTLD_NOLOAD);
  if (handle == nullptr) return Found::kNone;
  void* symbol = dlsym(handle, "futex_waitgroup_copy");
  Found found = Found::kNone;
  // dlsym() goes on to the module's dependencies, which have their own place.
  if (symbol != nullptr && BaseOf(symbol) == module.base &&
      IsLoadedBefore(module.base, self)) {
    *copy = static_cast<Copy*>(symbol);
    // The program itself needs no pin.
    found = module.name.empty() || PinModule(symbol) ? Found::kHead
                                                     : Found::kRefused;
  }
  dlclose(handle);
  return found;
}

}  // namespace

Copy* AgreeOnHead() {
  const void* self = BaseOf(kThisCopy);
  for (const LoadedModule& module : LoadedModules()) {
    Copy* head = kThisCopy;
    if (module.base != self) {
      Found found = LookInto(module, self, &head);
      if (found == Found::kRefused) return nullptr;
      if (found == Found::kNone) continue;
    }
    // release: pairs with the acquire in SweepAllCopies().
    kThisCopy->head.store(head, std::memory_order_release);
    return head;
  }
  return nullptr;  // this module is not in its own process's list
}

}  // namespace futex_waitgroup
