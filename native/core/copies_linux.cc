#ifndef __linux__
#error "copies_linux.cc is for Linux; binding.gyp picks the file"
#endif

#include <link.h>

#include "copies.h"
#include "copies_posix.h"

namespace futex_waitgroup {

// Protected: exported, but this module's own uses never mean the struct of
// another module, not even one that was loaded with RTLD_GLOBAL.
extern "C" {
__attribute__((visibility("protected"))) Copy futex_waitgroup_copy;
}
Copy* const kThisCopy = &futex_waitgroup_copy;

std::vector<LoadedModule> LoadedModules() {
  std::vector<LoadedModule> modules;
  // glibc holds the lock of its list meanwhile: dlopen() has to wait until
  // after it. (musl never unloads, and takes its lock from step to step.)
  dl_iterate_phdr(
      [](dl_phdr_info* info, size_t, void* data) {
        for (int i = 0; i < info->dlpi_phnum; i++) {
          if (info->dlpi_phdr[i].p_type != PT_LOAD) continue;
          const auto base = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
          static_cast<std::vector<LoadedModule>*>(data)->push_back(
              {info->dlpi_name, reinterpret_cast<const void*>(base)});
          break;  // the first has the lowest address
        }
        return 0;
      },
      &modules);
  return modules;
}

}  // namespace futex_waitgroup
