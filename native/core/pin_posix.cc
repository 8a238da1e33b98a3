#include <dlfcn.h>

#include "pin.h"

namespace futex_waitgroup {

bool PinModule(const void* inside) {
  Dl_info info;
  if (dladdr(inside, &info) == 0) return false;
  // The handle is kept on purpose. RTLD_NOLOAD: the module is there, and what
  // is at its path may be another file by now.
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

}  // namespace futex_waitgroup
