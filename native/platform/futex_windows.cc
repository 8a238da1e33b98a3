// Windows: WaitOnAddress and WakeByAddress*, Windows 8 and later.
#ifdef _WIN32

#ifndef _WIN32_WINNT
#define _WIN32_WINNT 0x0602
#endif
#define WIN32_LEAN_AND_MEAN
#define NOMINMAX
#include <windows.h>

#include <cstdio>
#include <cstdlib>

#include "futex.h"

namespace futex_waitgroup {

void FutexWait(const uint32_t* word, uint32_t expected, Deadline deadline) {
  DWORD milliseconds = INFINITE;
  if (!deadline.never()) {
    // Rounded up, because the caller would repeat a wait that returns early.
    // Kept below INFINITE (49.7 days); the caller repeats longer waits.
    int64_t left = (deadline.Remaining() + 999999) / 1000000;
    milliseconds = left >= INFINITE ? INFINITE - 1 : static_cast<DWORD>(left);
  }
  // The call only reads, although its parameter is not const.
  if (WaitOnAddress(const_cast<uint32_t*>(word), &expected, sizeof(expected),
                    milliseconds)) {
    return;
  }
  DWORD error = GetLastError();
  if (error == ERROR_TIMEOUT) return;
  std::fprintf(stderr, "futex-waitgroup: WaitOnAddress: error %lu\n",
               static_cast<unsigned long>(error));
  std::abort();
}

void FutexWake(const uint32_t* word, uint32_t count) {
  void* address = const_cast<uint32_t*>(word);
  if (count == 1) {
    WakeByAddressSingle(address);
  } else {
    WakeByAddressAll(address);
  }
}

}  // namespace futex_waitgroup

#endif  // _WIN32
