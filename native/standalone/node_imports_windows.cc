// Windows: the functions of Node that the addon calls.
//
// An import library would name the program that has them, node.exe. Electron's
// has another name, and may keep them in libnode.dll. So there is no import
// library: a call of a dllimport function X goes through the pointer __imp_X,
// which is defined here. (node-gyp's builds have a delay-load hook instead.)
//
// node_imports.inc is generated (scripts/prebuild-all.mjs): IMPORT(X) for each
// function that an object file calls.
#ifdef _WIN32

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include <cstring>

extern "C" {
#define IMPORT(name) FARPROC __imp_##name = nullptr;
#include "node_imports.inc"
#undef IMPORT
}

namespace {

struct Import {
  const char* name;
  FARPROC* pointer;
};

const Import imports[] = {
#define IMPORT(name) {#name, &__imp_##name},
#include "node_imports.inc"
#undef IMPORT
};

// Other runtimes lack some functions of libuv. lib/ uses these in Node only.
bool IsOptional(const char* name) { return std::strncmp(name, "uv_", 3) == 0; }

}  // namespace

// The loader calls this before any other function of this module. If it returns
// FALSE, the module is not loaded, and process.dlopen() throws.
extern "C" BOOL WINAPI DllMain(HINSTANCE, DWORD reason, LPVOID) {
  if (reason != DLL_PROCESS_ATTACH) return TRUE;
  HMODULE node = GetModuleHandleW(L"libnode.dll");
  if (node == nullptr || GetProcAddress(node, imports[0].name) == nullptr) {
    node = GetModuleHandleW(nullptr);
  }
  for (const Import& import : imports) {
    *import.pointer = GetProcAddress(node, import.name);
    if (*import.pointer == nullptr && !IsOptional(import.name)) return FALSE;
  }
  return TRUE;
}

#endif  // _WIN32
