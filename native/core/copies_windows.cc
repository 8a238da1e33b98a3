// Windows does not document in which order it lists modules. So copies choose
// one after the other, under a mutex with the process's number in its name: the
// first to choose becomes the head, and each later one takes over the choice of
// any that it finds.
#ifndef _WIN32
#error "copies_windows.cc is for Windows; binding.gyp picks the file"
#endif

#ifndef _WIN32_WINNT
#define _WIN32_WINNT 0x0602
#endif
#define WIN32_LEAN_AND_MEAN
#define NOMINMAX
#define PSAPI_VERSION 2  // EnumProcessModules of kernel32
#include <windows.h>
// After windows.h.
#include <psapi.h>

#include <string>
#include <vector>

#include "copies.h"

namespace futex_waitgroup {

extern "C" {
__declspec(dllexport) Copy futex_waitgroup_copy;
}
Copy* const kThisCopy = &futex_waitgroup_copy;

namespace {

// Another process of this user could hold it: that is no reason to hang.
constexpr DWORD kPatienceMilliseconds = 30000;

class ProcessMutex {
 public:
  ProcessMutex() {
    const std::wstring name = L"Local\\futex-waitgroup-copies-" +
                              std::to_wstring(GetCurrentProcessId());
    mutex_ = CreateMutexW(nullptr, FALSE, name.c_str());
    if (mutex_ == nullptr) return;
    const DWORD result = WaitForSingleObject(mutex_, kPatienceMilliseconds);
    // Abandoned: its owner has died, with the one step below done or not done.
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

// False where the system refuses.
bool LoadedModules(std::vector<HMODULE>* modules) {
  modules->resize(256);
  // The call fails where modules come and go meanwhile.
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

// The head that the copy in `module` has chosen; null where it is none, or has
// not chosen. The head and whoever has chosen are pinned.
Copy* ChoiceOf(HMODULE module) {
  HMODULE held = nullptr;
  if (!GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS,
                          reinterpret_cast<LPCWSTR>(module), &held)) {
    return nullptr;
  }
  auto* copy =
      reinterpret_cast<Copy*>(GetProcAddress(held, "futex_waitgroup_copy"));
  // acquire: pairs with the release below.
  Copy* head =
      copy == nullptr ? nullptr : copy->head.load(std::memory_order_acquire);
  FreeLibrary(held);
  return head;
}

}  // namespace

Copy* AgreeOnHead() {
  ProcessMutex mutex;
  std::vector<HMODULE> modules;
  if (!mutex.held() || !LoadedModules(&modules)) return nullptr;
  Copy* head = nullptr;
  for (HMODULE module : modules) {
    head = ChoiceOf(module);
    if (head != nullptr) break;
  }
  if (head == nullptr) head = kThisCopy;
  // release: pairs with the acquire in SweepAllCopies(). Under the mutex, so
  // that the next to choose finds it.
  kThisCopy->head.store(head, std::memory_order_release);
  return head;
}

}  // namespace futex_waitgroup
