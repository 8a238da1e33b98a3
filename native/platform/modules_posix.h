// The part of modules_posix.cc that differs between POSIX systems.
#pragma once

#include <string>
#include <vector>

namespace futex_waitgroup {

struct LoadedModule {
  // dlopen() finds the module by this name. Empty for the program itself.
  std::string name;
  // The address where it begins: dladdr()'s dli_fbase.
  const void* base;
};

// All modules of the process, in load order. Modules that stay loaded keep
// their order. A module that another thread is loading or unloading may be
// included or not.
std::vector<LoadedModule> LoadedModules();

}  // namespace futex_waitgroup
