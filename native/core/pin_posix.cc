#include <dlfcn.h>
#include <unistd.h>

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

bool ReadWord(const void* address, uintptr_t* word) {
  // write(2) reads for us, and has an errno where we would have a signal.
  int ends[2];
  if (pipe(ends) != 0) return false;
  bool done = write(ends[1], address, sizeof(*word)) == sizeof(*word) &&
              read(ends[0], word, sizeof(*word)) == sizeof(*word);
  close(ends[0]);
  close(ends[1]);
  return done;
}

}  // namespace futex_waitgroup
