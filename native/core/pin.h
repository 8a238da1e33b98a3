// Keeps a module loaded until the process ends, and tells its path.
//
// Node unloads an addon when the last environment that loaded it goes away
// (nodejs/node#41107). Ours has a process-wide table and is on a process-wide
// list, and threads may be on their way through its code when a worker's
// environment is gone.
#ifndef FUTEX_WAITGROUP_PIN_H_
#define FUTEX_WAITGROUP_PIN_H_

#include <cstdint>
#include <string>

namespace futex_waitgroup {

// Pins the module that `inside` points into. Once is enough; more often does
// no harm. False where the system refuses.
// Requires: the module stays loaded during the call.
bool PinModule(const void* inside);

// The absolute path of the module that `inside` points into, in UTF-8; empty
// where the system does not tell.
// Requires: the module stays loaded during the call.
std::string ModulePath(const void* inside);

// Whether two addresses are in one module. False where one is in none.
bool InSameModule(const void* a, const void* b);

// Reads a word from an address that may be no memory at all. False where it is
// none.
bool ReadWord(const void* address, uintptr_t* word);

}  // namespace futex_waitgroup

#endif  // FUTEX_WAITGROUP_PIN_H_
