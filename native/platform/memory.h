#pragma once

#include <cstdint>

namespace futex_waitgroup {

// Reads a word from any address. Returns false if the address is not readable.
bool TryReadWord(const void* address, uintptr_t* word);

}  // namespace futex_waitgroup
