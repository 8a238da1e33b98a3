#include <dlfcn.h>

#include "pin.h"

namespace futex_waitgroup {

bool PinModule() {
  Dl_info info;
  if (dladdr(reinterpret_cast<const void*>(&PinModule), &info) == 0) {
    return false;
  }
  // The handle is kept on purpose. RTLD_NOLOAD: the module is there, and what
  // is at its path may be another file by now.
  return dlopen(info.dli_fname, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE) !=
         nullptr;
}

std::string ModulePath() {
  Dl_info info;
  return dladdr(reinterpret_cast<const void*>(&ModulePath), &info) == 0
             ? ""
             : info.dli_fname;
}

}  // namespace futex_waitgroup
