// Keeps this module loaded until the process ends.
//
// Node unloads an addon when the last environment that loaded it goes away
// (nodejs/node#41107). Ours has a process-wide table, and threads may be on
// their way through its code when a worker's environment is gone.
#ifndef FUTEX_WAITGROUP_PIN_H_
#define FUTEX_WAITGROUP_PIN_H_

#include <string>

namespace futex_waitgroup {

// Once is enough; more often does no harm. False where the system refuses.
bool PinModule();

// The absolute path of this module, in UTF-8; empty where the system does not
// tell.
std::string ModulePath();

// Whether two addresses belong to one module. False where one is in none.
bool InSameModule(const void* a, const void* b);

}  // namespace futex_waitgroup

#endif  // FUTEX_WAITGROUP_PIN_H_
