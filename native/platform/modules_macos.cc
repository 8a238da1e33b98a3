#ifdef __APPLE__

#include <mach-o/dyld.h>

#include <algorithm>

#include "modules_posix.h"

namespace futex_waitgroup {

namespace {

std::vector<LoadedModule> Collect() {
  std::vector<LoadedModule> modules;
  const uint32_t count = _dyld_image_count();
  for (uint32_t i = 0; i < count; i++) {
    // Null if an image was unloaded since the count was read.
    const char* name = _dyld_get_image_name(i);
    const void* base = _dyld_get_image_header(i);
    if (name != nullptr && base != nullptr) modules.push_back({name, base});
  }
  return modules;
}

}  // namespace

// dyld has no lock for callers. If an image is unloaded during the loop, later
// ones move up, and one may be skipped. Repeats until two lists are equal.
std::vector<LoadedModule> LoadedModules() {
  std::vector<LoadedModule> modules = Collect();
  for (;;) {
    std::vector<LoadedModule> again = Collect();
    if (std::equal(modules.begin(), modules.end(), again.begin(), again.end(),
                   [](const LoadedModule& a, const LoadedModule& b) {
                     return a.base == b.base && a.name == b.name;
                   })) {
      return modules;
    }
    modules.swap(again);
  }
}

}  // namespace futex_waitgroup

#endif  // __APPLE__
