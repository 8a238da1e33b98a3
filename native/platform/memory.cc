#include "memory.h"

#ifdef _WIN32
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#else
#include <unistd.h>
#endif

namespace futex_waitgroup {

bool TryReadWord(const void* address, uintptr_t* word) {
#ifdef _WIN32
  SIZE_T size = 0;
  return ReadProcessMemory(GetCurrentProcess(), address, word, sizeof(*word),
                           &size) != 0 &&
         size == sizeof(*word);
#else
  // write(2) fails with EFAULT where a load would crash.
  int ends[2];
  if (pipe(ends) != 0) return false;
  const bool is_read =
      write(ends[1], address, sizeof(*word)) == sizeof(*word) &&
      read(ends[0], word, sizeof(*word)) == sizeof(*word);
  close(ends[0]);
  close(ends[1]);
  return is_read;
#endif
}

}  // namespace futex_waitgroup
