// The modules of this process (shared libraries, addons, the program), and how
// the copies of this code among them find each other.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

namespace futex_waitgroup {

// Keeps the module that `inside` points into loaded until the process ends. May
// be called repeatedly. Returns false if the system refuses.
// Requires: the module stays loaded during the call.
//
// Node unloads an addon when the last environment that loaded it ends
// (nodejs/node#41107). Other threads may still run this module's code then.
bool PinModule(const void* inside);

// The absolute path of the module that `inside` points into, in UTF-8; empty if
// the system cannot tell.
// Requires: the module stays loaded during the call.
std::string ModulePath(const void* inside);

// Whether two addresses are in the same module. False if either is in none.
bool InSameModule(const void* a, const void* b);

// The first fields of the struct that each copy exports, in all versions.
struct CopyHeader {
  uint32_t version;
  // The size of the whole struct, in bytes.
  uint32_t size;
  // The copy that all copies agree on as head. Null before this copy agrees.
  std::atomic<CopyHeader*> head{nullptr};
};

// The name under which each copy exports its struct.
constexpr const char* kCopyExport = "futex_waitgroup_copy";

// Exports a definition from this module, which hides all other symbols. On ELF
// the definition is protected: this module never binds its own uses to another
// module's symbol, even if that module was loaded with RTLD_GLOBAL.
#if defined(_WIN32)
#define FUTEX_WAITGROUP_EXPORT __declspec(dllexport)
#elif defined(__APPLE__)
#define FUTEX_WAITGROUP_EXPORT __attribute__((visibility("default")))
#else
#define FUTEX_WAITGROUP_EXPORT __attribute__((visibility("protected")))
#endif

// Agrees on one head with all other copies in the process, keeps it loaded, and
// stores it into self->head. Returns null if the system refuses.
// Requires: `self` is this module's export, and this module is pinned. One call
// at a time in each module.
CopyHeader* AgreeOnHead(CopyHeader* self);

}  // namespace futex_waitgroup
