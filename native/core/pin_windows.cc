#define WIN32_LEAN_AND_MEAN
#define NOMINMAX
#include <windows.h>

#include <string>
#include <vector>

#include "pin.h"

namespace futex_waitgroup {

namespace {

// Null where `address` is in no module.
HMODULE ModuleOf(const void* address) {
  HMODULE module = nullptr;
  GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT |
                         GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS,
                     static_cast<LPCWSTR>(address), &module);
  return module;
}

}  // namespace

bool PinModule(const void* inside) {
  HMODULE module = nullptr;
  return GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_PIN |
                                GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS,
                            static_cast<LPCWSTR>(inside), &module) != 0;
}

std::string ModulePath(const void* inside) {
  HMODULE module = ModuleOf(inside);
  if (module == nullptr) return "";
  // The longest path there is.
  std::vector<wchar_t> wide(32768);
  DWORD length =
      GetModuleFileNameW(module, wide.data(), static_cast<DWORD>(wide.size()));
  std::string path(3 * static_cast<size_t>(length), '\0');
  int bytes = WideCharToMultiByte(
      CP_UTF8, 0, wide.data(), static_cast<int>(length), path.data(),
      static_cast<int>(path.size()), nullptr, nullptr);
  path.resize(static_cast<size_t>(bytes));
  return path;
}

bool InSameModule(const void* a, const void* b) {
  HMODULE module = ModuleOf(a);
  return module != nullptr && module == ModuleOf(b);
}

bool ReadWord(const void* address, uintptr_t* word) {
  SIZE_T done = 0;
  return ReadProcessMemory(GetCurrentProcess(), address, word, sizeof(*word),
                           &done) != 0 &&
         done == sizeof(*word);
}

}  // namespace futex_waitgroup
