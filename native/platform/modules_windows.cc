// Windows documents no order in which it lists modules. So copies choose the
// head one after the other, under a mutex whose name contains the process id.
// The first copy to choose becomes the head. Each later one adopts the choice
// of any copy that it finds.
#ifdef _WIN32

#ifndef _WIN32_WINNT
#define _WIN32_WINNT 0x0602
#endif
#define WIN32_LEAN_AND_MEAN
#define NOMINMAX
#define PSAPI_VERSION 2  // EnumProcessModules of kernel32
#include <windows.h>
// After windows.h.
#include <psapi.h>

#include <cstdio>
#include <string>
#include <vector>

#include "modules.h"

namespace futex_waitgroup {

namespace {

// Returns null if `address` is in no module.
HMODULE ModuleOf(const void* address) {
  // GetModuleHandleExW takes null for the program.
  if (address == nullptr) return nullptr;
  HMODULE module = nullptr;
  GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT |
                         GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS,
                     static_cast<LPCWSTR>(address), &module);
  return module;
}

// Another process of the same user could hold the mutex for ever.
constexpr DWORD kMutexTimeoutMilliseconds = 30000;

class ProcessMutex {
 public:
  ProcessMutex() {
    char name[64];
    std::snprintf(name, sizeof(name), "Local\\futex-waitgroup-copies-%lu",
                  static_cast<unsigned long>(GetCurrentProcessId()));
    mutex_ = CreateMutexA(nullptr, FALSE, name);
    if (mutex_ == nullptr) return;
    const DWORD result = WaitForSingleObject(mutex_, kMutexTimeoutMilliseconds);
    // WAIT_ABANDONED: the owner died, before or after its one store.
    held_ = result == WAIT_OBJECT_0 || result == WAIT_ABANDONED;
  }
  ~ProcessMutex() {
    if (held_) ReleaseMutex(mutex_);
    if (mutex_ != nullptr) CloseHandle(mutex_);
  }
  ProcessMutex(const ProcessMutex&) = delete;
  ProcessMutex& operator=(const ProcessMutex&) = delete;

  bool held() const { return held_; }

 private:
  HANDLE mutex_ = nullptr;
  bool held_ = false;
};

// Returns false if the system refuses.
bool LoadedModules(std::vector<HMODULE>* modules) {
  modules->resize(256);
  // The call fails while modules are being loaded and unloaded.
  for (int tries = 0; tries < 100; tries++) {
    const auto bytes = static_cast<DWORD>(modules->size() * sizeof(HMODULE));
    DWORD needed = 0;
    if (!EnumProcessModules(GetCurrentProcess(), modules->data(), bytes,
                            &needed)) {
      Sleep(1);
      continue;
    }
    modules->resize(needed / sizeof(HMODULE));
    if (needed <= bytes) return true;
    modules->resize(modules->size() + 64);
  }
  return false;
}

// Returns the head that the copy in `module` has chosen. Null if it has
// chosen none, or if `module` is no copy.
// The head stays loaded: a copy is pinned before it can be chosen.
CopyHeader* ChoiceOf(HMODULE module) {
  HMODULE held = nullptr;
  if (!GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS,
                          reinterpret_cast<LPCWSTR>(module), &held)) {
    return nullptr;
  }
  auto* copy = reinterpret_cast<CopyHeader*>(GetProcAddress(held, kCopyExport));
  // acquire: pairs with the release below.
  CopyHeader* head =
      copy == nullptr ? nullptr : copy->head.load(std::memory_order_acquire);
  FreeLibrary(held);
  return head;
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
  // No path is longer.
  std::vector<wchar_t> wide(32768);
  DWORD length =
      GetModuleFileNameW(module, wide.data(), static_cast<DWORD>(wide.size()));
  std::vector<char> path(3 * static_cast<size_t>(length));
  int bytes = WideCharToMultiByte(
      CP_UTF8, 0, wide.data(), static_cast<int>(length), path.data(),
      static_cast<int>(path.size()), nullptr, nullptr);
  return std::string(path.data(), static_cast<size_t>(bytes));
}

bool InSameModule(const void* a, const void* b) {
  HMODULE module = ModuleOf(a);
  return module != nullptr && module == ModuleOf(b);
}

CopyHeader* AgreeOnHead(CopyHeader* self) {
  ProcessMutex mutex;
  std::vector<HMODULE> modules;
  if (!mutex.held() || !LoadedModules(&modules)) return nullptr;
  CopyHeader* head = nullptr;
  for (HMODULE module : modules) {
    head = ChoiceOf(module);
    if (head != nullptr) break;
  }
  if (head == nullptr) head = self;
  // release: pairs with the acquire of the head in copies.cc. Under the mutex,
  // so that the next copy to choose finds it.
  self->head.store(head, std::memory_order_release);
  return head;
}

}  // namespace futex_waitgroup

#endif  // _WIN32
