// Linux and other ELF systems, by dl_iterate_phdr().
#if !defined(_WIN32) && !defined(__APPLE__)

#include <link.h>

#include "modules_posix.h"

namespace futex_waitgroup {

std::vector<LoadedModule> LoadedModules() {
  std::vector<LoadedModule> modules;
  // glibc holds the lock of its module list during the iteration, so dlopen()
  // must not be called in it. (musl never unloads a module.)
  dl_iterate_phdr(
      [](dl_phdr_info* info, size_t, void* data) {
        for (int i = 0; i < info->dlpi_phnum; i++) {
          if (info->dlpi_phdr[i].p_type != PT_LOAD) continue;
          const auto base = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
          static_cast<std::vector<LoadedModule>*>(data)->push_back(
              {info->dlpi_name, reinterpret_cast<const void*>(base)});
          break;  // the first segment has the lowest address
        }
        return 0;
      },
      &modules);
  return modules;
}

}  // namespace futex_waitgroup

#endif
