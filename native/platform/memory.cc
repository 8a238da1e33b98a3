#include "memory.h"

#ifdef _WIN32

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

namespace futex_waitgroup {

bool TryReadWord(const void* address, uintptr_t* word) {
  SIZE_T read = 0;
  return ReadProcessMemory(GetCurrentProcess(), address, word, sizeof(*word),
                           &read) != 0 &&
         read == sizeof(*word);
}

}  // namespace futex_waitgroup

#else

#include <unistd.h>

namespace futex_waitgroup {

bool TryReadWord(const void* address, uintptr_t* word) {
  // write(2) fails with EFAULT where a load would crash.
  int ends[2];
  if (pipe(ends) != 0) return false;
  bool read_it = write(ends[1], address, sizeof(*word)) == sizeof(*word) &&
                 read(ends[0], word, sizeof(*word)) == sizeof(*word);
  close(ends[0]);
  close(ends[1]);
  return read_it;
}

}  // namespace futex_waitgroup

#endif
