#define WIN32_LEAN_AND_MEAN
#define NOMINMAX
#include <windows.h>

#include "pin.h"

namespace futex_waitgroup {

bool PinModule() {
  HMODULE module = nullptr;
  return GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_PIN |
                                GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS,
                            reinterpret_cast<LPCWSTR>(&PinModule),
                            &module) != 0;
}

}  // namespace futex_waitgroup
