// What copies_posix.cc asks of Linux and macOS. Includes are its own and those
// of the two files that implement it.
#ifndef FUTEX_WAITGROUP_COPIES_POSIX_H_
#define FUTEX_WAITGROUP_COPIES_POSIX_H_

#include <string>
#include <vector>

namespace futex_waitgroup {

struct LoadedModule {
  // What dlopen() finds it by; empty for the program itself.
  std::string name;
  // Where it begins in memory: dladdr()'s dli_fbase.
  const void* base;
};

// All modules of the process, in the order in which they were loaded. Those
// that stay loaded stay in the same order. One that is being loaded or unloaded
// by another thread may be in it or not.
std::vector<LoadedModule> LoadedModules();

}  // namespace futex_waitgroup

#endif  // FUTEX_WAITGROUP_COPIES_POSIX_H_
