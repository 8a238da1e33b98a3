// Handles for the threads of other addons: ../include/futex_waitgroup.h is what
// those see.
//
// A handle belongs to the environment whose JavaScript asked for it. It has two
// kinds of owners: an external in JavaScript, and native code that retains it.
// It lives as long as one of them. Until then it keeps a reference to the view
// of the group, which keeps the group's memory. And while a handle is retained,
// its environment does not end: the memory is the environment's, and so are the
// references.
//
// How the end of an environment waits. In Node and Electron, by an asynchronous
// cleanup hook, which runs the loop until the last release has sent a notice to
// it. A hook that blocks would be wrong there: hooks run last in, first out,
// and another addon's hook, which stops its threads, may come later. In Bun and
// Deno an asynchronous hook does not wait. There the hook blocks.
//
//   T1 (any thread: the last release)     T2 (the environment's thread: its
//   end) l: locks                              c: sets `closing` a: the
//   handle's `retained` 1 -> 0     d: loads `held` b: counts `held` down if 0:
//   locks, unlocks, and ends s: sends the notice                      else:
//   waits for the notice, then d u: unlocks (blocking: for `held`)
//
// - The notice is not lost: if d finds 1, b is still to come, and s follows it.
// - T1 uses nothing that T2 has freed: T2 ends only after it has found 0, hence
//   after l, and locks after that, hence after s. Unlocking uses no memory
//   after the mutex is free (core/mutex.h). The handle itself is used up to a
//   only.
// - The loop is not closed before s, and the notice is closed after it.
//
// A retain and the last release:
//
// - A retain that finds `retained` above 0 increments it, on any thread. It
//   relies on another retain, which is not released before it: so no release
//   can be the last one before it.
// - A retain that finds 0 happens on T2 only, and increments `held`. T1 may be
//   between a and b; `held` and the copy's number then go 1, 2, 1, never to 0.
// - A handle is freed on T2 only, when the external is gone and T2 finds
//   `retained` at 0. Only T2 could increment it then, through the external. If
//   it finds 1 instead, a is still to come, and the notice makes T2 look again.
//   (Bun and Deno have no notice. T2 looks when it makes the next handle.)
//
// A native wait and `closing`: the wait polls, and never before it has counted
// itself. A poll after c finds `closing`, and c alerts the wait. So no order of
// the two lets it sleep on.
#pragma once

#include <node_api.h>

#include <atomic>
#include <cstdint>
#include <vector>

#include "../core/layout.h"
#include "../core/mutex.h"
#include "../include/futex_waitgroup.h"

struct uv_async_s;
struct uv_handle_s;

namespace futex_waitgroup {

class NativeHandles;

struct NativeHandle : fwg_group {
  NativeHandle(Memory* group_memory, NativeHandles* handles);

  Memory* const memory;
  NativeHandles* const owner;
  std::atomic<uint64_t> retained{0};
  napi_ref view = nullptr;
};

// The handles of one environment. Lives until the environment has ended and the
// last handle is freed.
class NativeHandles {
 public:
  // Creates a handle and its external. Returns null, with an exception pending,
  // if that fails. `has_libuv`: the runtime is Node or Electron.
  static napi_value Create(napi_env env, napi_value view, bool has_libuv);

  // Whether `handle` is the notice of this environment's handles. It runs no
  // JavaScript.
  static bool IsNotice(napi_env env, const uv_handle_s* handle);

  // See ../include/futex_waitgroup.h. Release() may be used on any thread,
  // closing() and IsOwnThread() on those that retain a handle.
  static fwg_status Retain(NativeHandle* handle);
  static void Release(NativeHandle* handle);
  bool closing() const;
  bool IsOwnThread() const;

 private:
  explicit NativeHandles(napi_env env);

  static NativeHandles* Of(napi_env env, bool has_libuv);
  bool Start(bool has_libuv);
  bool StartNotice();
  void ReleaseLast(NativeHandle* handle);
  void Free(NativeHandle* handle);
  void FreeCollected();
  void OnNotice();
  void CloseNotice();
  void OnEnded();

  static void OnCollected(napi_env, void* data, void*);
  static void OnCleanup(napi_async_cleanup_hook_handle hook, void* data);
  static void OnBlockingCleanup(void* data);

  const napi_env env_;
  const uintptr_t thread_;
  // Counts the handles that are retained: a group for the end to wait on.
  Memory held_;
  std::atomic<bool> closing_{false};
  // Held during a last release.
  Mutex mutex_;
  // Null without libuv. Referenced by the loop only while the end waits.
  uv_async_s* notice_ = nullptr;
  napi_async_cleanup_hook_handle hook_ = nullptr;

  // On the environment's thread only.
  uint64_t count_ = 0;
  bool ended_ = false;
  // The handles whose externals are gone and that were retained then.
  std::vector<NativeHandle*> collected_;
};

}  // namespace futex_waitgroup
