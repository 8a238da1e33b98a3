// The head is the first module, in load order, that exports the struct. All
// copies find the same one without a common lock:
//
// - A copy looks only at the modules before itself. New modules are added at
//   the end, so the modules before a copy can only become fewer.
// - A pinned copy before it stays, and every later copy finds it too.
// - An unpinned copy before it may be unloaded at any time, and loaded again at
//   the end. A handle from dlopen() keeps that copy where it is. If it is still
//   before this one then, this copy pins it and chooses it. If not, it will
//   find this copy, or an earlier one, when it joins.
//
// So two copies that look at the same time see the same pinned modules before
// them. An unpinned one either becomes the head for the first copy that finds
// it and for all later ones, or is gone for all of them.
#ifndef _WIN32

#include "modules_posix.h"

#include <dlfcn.h>

#include "modules.h"

namespace futex_waitgroup {

bool PinModule(const void* inside) {
  Dl_info info;
  if (dladdr(inside, &info) == 0) return false;
  // The handle is never closed. RTLD_NOLOAD: the module is loaded, and its path
  // may name another file by now.
  return dlopen(info.dli_fname, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE) !=
         nullptr;
}

std::string ModulePath(const void* inside) {
  Dl_info info;
  return dladdr(inside, &info) == 0 ? "" : info.dli_fname;
}

bool InSameModule(const void* a, const void* b) {
  Dl_info of_a;
  Dl_info of_b;
  return dladdr(a, &of_a) != 0 && dladdr(b, &of_b) != 0 &&
         of_a.dli_fbase == of_b.dli_fbase;
}

namespace {

const void* BaseOf(const void* inside) {
  Dl_info info;
  return dladdr(inside, &info) == 0 ? nullptr : info.dli_fbase;
}

// Requires: the module at `second` is loaded and stays loaded.
bool IsLoadedBefore(const void* first, const void* second) {
  for (const LoadedModule& module : LoadedModules()) {
    if (module.base == second) return false;
    if (module.base == first) return true;
  }
  return false;
}

enum class Found { kNone, kHead, kRefused };

// Checks whether `module` exports a copy and is loaded before the module at
// `self`. If so, pins it and sets `copy` to its struct.
Found PinIfEarlierCopy(const LoadedModule& module, const void* self,
                       CopyHeader** copy) {
  // Blocks until a module that is being loaded has been relocated.
  // RTLD_NOLOAD: loads nothing, only takes a handle.
  void* handle = dlopen(module.name.empty() ? nullptr : module.name.c_str(),
                        RTLD_LAZY | RTLD_NOLOAD);
  if (handle == nullptr) return Found::kNone;
  void* symbol = dlsym(handle, kCopyExport);
  Found found = Found::kNone;
  // dlsym() also searches the module's dependencies, which are listed
  // separately.
  if (symbol != nullptr && BaseOf(symbol) == module.base &&
      IsLoadedBefore(module.base, self)) {
    *copy = static_cast<CopyHeader*>(symbol);
    // The program itself needs no pin.
    found = module.name.empty() || PinModule(symbol) ? Found::kHead
                                                     : Found::kRefused;
  }
  dlclose(handle);
  return found;
}

}  // namespace

CopyHeader* AgreeOnHead(CopyHeader* self) {
  const void* base = BaseOf(self);
  for (const LoadedModule& module : LoadedModules()) {
    CopyHeader* head = self;
    if (module.base != base) {
      Found found = PinIfEarlierCopy(module, base, &head);
      if (found == Found::kRefused) return nullptr;
      if (found == Found::kNone) continue;
    }
    // release: pairs with the acquire of the head in copies.cc.
    self->head.store(head, std::memory_order_release);
    return head;
  }
  return nullptr;  // the list lacks this module
}

}  // namespace futex_waitgroup

#endif  // !_WIN32
