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

}  // namespace futex_waitgroup
