// All that the addon needs of the C++ run-time library. The prebuilt binaries
// do not link it: a system may lack it or have an older one, and a static copy
// is larger than the addon.
#include <cstdlib>
#include <new>

namespace {

void* Allocate(size_t size) {
  void* memory = std::malloc(size == 0 ? 1 : size);
  // There are no exceptions. node-gyp's builds end the process here, too.
  if (memory == nullptr) std::abort();
  return memory;
}

}  // namespace

void* operator new(size_t size) { return Allocate(size); }
void* operator new[](size_t size) { return Allocate(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, size_t) noexcept { std::free(memory); }

// The entry of a pure virtual function in a table of virtual functions.
extern "C" void __cxa_pure_virtual() { std::abort(); }
