#ifndef FUTEX_WAITGROUP_MEMORY_H_
#define FUTEX_WAITGROUP_MEMORY_H_

#include <cstdint>

namespace futex_waitgroup {

// Reads a word from any address. Returns false if the address is not readable.
bool TryReadWord(const void* address, uintptr_t* word);

}  // namespace futex_waitgroup

#endif  // FUTEX_WAITGROUP_MEMORY_H_
