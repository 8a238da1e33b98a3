#ifndef __APPLE__
#error "copies_macos.cc is for macOS; binding.gyp picks the file"
#endif

#include <mach-o/dyld.h>

#include "copies.h"
#include "copies_posix.h"

namespace futex_waitgroup {

// In spite of -fvisibility=hidden. This module's own uses are bound to it when
// it is linked.
extern "C" {
__attribute__((visibility("default"))) Copy futex_waitgroup_copy;
}
Copy* const kThisCopy = &futex_waitgroup_copy;

namespace {

std::vector<LoadedModule> Collect() {
  std::vector<LoadedModule> modules;
  const uint32_t count = _dyld_image_count();
  for (uint32_t i = 0; i < count; i++) {
    // Null where there are fewer by now.
    const char* name = _dyld_get_image_name(i);
    const void* base = _dyld_get_image_header(i);
    if (name != nullptr && base != nullptr) modules.push_back({name, base});
  }
  return modules;
}

bool Same(const std::vector<LoadedModule>& a,
          const std::vector<LoadedModule>& b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); i++) {
    if (a[i].base != b[i].base || a[i].name != b[i].name) return false;
  }
  return true;
}

}  // namespace

// There is no lock to hold: an image that is unloaded meanwhile moves the ones
// after it up, and one of them could be left out. Two lists that are the same
// leave none out.
std::vector<LoadedModule> LoadedModules() {
  std::vector<LoadedModule> modules = Collect();
  for (;;) {
    std::vector<LoadedModule> again = Collect();
    if (Same(modules, again)) return modules;
    modules.swap(again);
  }
}

}  // namespace futex_waitgroup
