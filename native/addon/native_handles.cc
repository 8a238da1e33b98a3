#include "native_handles.h"

#include <algorithm>
#include <cstdlib>
#include <mutex>

#include "../core/copies.h"
#include "../core/poll_schedule.h"
#include "../core/wait_group.h"
#include "../platform/system.h"
#include "environment.h"
#include "libuv.h"
#include "napi_helpers.h"
#include "promise_waits.h"

namespace futex_waitgroup {

namespace {

uv_handle_s* AsHandle(uv_async_s* async) {
  return reinterpret_cast<uv_handle_s*>(async);
}

}  // namespace

NativeHandles::NativeHandles(napi_env env)
    : env_(env), thread_(CurrentThread()) {}

NativeHandles* NativeHandles::Of(napi_env env, bool has_libuv) {
  NativeHandles*& handles = Environment::Of(env)->native_handles;
  if (handles == nullptr) {
    handles = new NativeHandles(env);
    if (!handles->Start(has_libuv)) {
      delete handles;
      handles = nullptr;
      napi_throw_error(env, nullptr, "futex-waitgroup: no cleanup hook");
    }
  }
  return handles;
}

bool NativeHandles::Start(bool has_libuv) {
  if (!has_libuv) {
    return napi_add_env_cleanup_hook(env_, OnBlockingCleanup, this) == napi_ok;
  }
  if (napi_add_async_cleanup_hook(env_, OnCleanup, this, &hook_) != napi_ok) {
    return false;
  }
  if (StartNotice()) return true;
  napi_remove_async_cleanup_hook(hook_);
  return false;
}

bool NativeHandles::StartNotice() {
  uv_loop_s* loop = nullptr;
  if (napi_get_uv_event_loop(env_, &loop) != napi_ok) return false;
  auto* notice =
      static_cast<uv_async_s*>(std::malloc(uv_handle_size(kUvAsync)));
  if (notice == nullptr ||
      uv_async_init(loop, notice, [](uv_async_s* async) {
        static_cast<NativeHandles*>(uv_handle_get_data(AsHandle(async)))
            ->OnNotice();
      }) != 0) {
    std::free(notice);
    return false;
  }
  uv_handle_set_data(AsHandle(notice), this);
  uv_unref(AsHandle(notice));
  notice_ = notice;
  return true;
}

napi_value NativeHandles::Create(napi_env env, napi_value view,
                                 bool has_libuv) {
  Memory* memory = MemoryOfView(env, view);
  if (memory == nullptr) return ThrowBadArguments(env);
  NativeHandles* handles = Of(env, has_libuv);
  if (handles == nullptr) return nullptr;
  if (!has_libuv) handles->FreeCollected();
  auto* handle = new NativeHandle(memory, handles);
  handles->count_++;
  napi_value external = nullptr;
  if (napi_create_reference(env, view, 1, &handle->view) != napi_ok ||
      napi_create_external(env, static_cast<fwg_group*>(handle), OnCollected,
                           nullptr, &external) != napi_ok) {
    handles->Free(handle);
    return ThrowBadArguments(env);
  }
  if (napi_type_tag_object(env, external, &fwg_type_tag) != napi_ok) {
    return ThrowBadArguments(env);
  }
  return external;
}

bool NativeHandles::IsNotice(napi_env env, const uv_handle_s* handle) {
  NativeHandles* handles = Environment::Of(env)->native_handles;
  return handles != nullptr && AsHandle(handles->notice_) == handle;
}

fwg_status NativeHandles::Retain(NativeHandle* handle) {
  // relaxed: passing the handle to another thread orders that.
  uint64_t retained = handle->retained.load(std::memory_order_relaxed);
  while (retained != 0) {
    if (handle->retained.compare_exchange_weak(retained, retained + 1,
                                               std::memory_order_relaxed)) {
      return FWG_OK;
    }
  }
  NativeHandles* self = handle->owner;
  if (!self->IsOwnThread()) return FWG_WRONG_THREAD;
  if (self->closing()) return FWG_CLOSED;
  // relaxed, as below: the end of the environment follows on this thread.
  handle->retained.fetch_add(1, std::memory_order_relaxed);
  WaitGroup(&self->held_).Add(1);
  kThisCopy->retained.fetch_add(1, std::memory_order_relaxed);
  return FWG_OK;
}

void NativeHandles::Release(NativeHandle* handle) {
  uint64_t retained = handle->retained.load(std::memory_order_relaxed);
  while (retained > 1) {
    // release: what this thread did with the handle happens before it is freed.
    if (handle->retained.compare_exchange_weak(retained, retained - 1,
                                               std::memory_order_release,
                                               std::memory_order_relaxed)) {
      return;
    }
  }
  // 0 is a release too many.
  if (retained == 1) handle->owner->ReleaseLast(handle);
}

void NativeHandles::ReleaseLast(NativeHandle* handle) {
  std::lock_guard<Mutex> lock(mutex_);
  // acq_rel: passes on what the threads did that have released before. a of the
  // argument in native_handles.h, unless another thread has retained it since.
  if (handle->retained.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  // release: pairs with the acquire in RetainedInAllCopies().
  kThisCopy->retained.fetch_sub(1, std::memory_order_release);
  WaitGroup(&held_).Done();
  if (notice_ != nullptr) uv_async_send(notice_);
}

// acquire: pairs with the release in the cleanup hooks.
bool NativeHandles::closing() const {
  return closing_.load(std::memory_order_acquire);
}

bool NativeHandles::IsOwnThread() const { return CurrentThread() == thread_; }

// After the hook has run, the environment deletes the references itself.
void NativeHandles::Free(NativeHandle* handle) {
  if (!closing() && handle->view != nullptr) {
    napi_delete_reference(env_, handle->view);
  }
  delete handle;
  if (--count_ == 0 && ended_) delete this;
}

void NativeHandles::FreeCollected() {
  const auto is_free = [this](NativeHandle* handle) {
    // acquire: pairs with the releases of those that retained it.
    if (handle->retained.load(std::memory_order_acquire) != 0) return false;
    Free(handle);
    return true;
  };
  collected_.erase(
      std::remove_if(collected_.begin(), collected_.end(), is_free),
      collected_.end());
}

// The finalizer of the external.
void NativeHandles::OnCollected(napi_env, void* data, void*) {
  auto* handle = static_cast<NativeHandle*>(static_cast<fwg_group*>(data));
  // acquire: as in FreeCollected().
  if (handle->retained.load(std::memory_order_acquire) == 0) {
    handle->owner->Free(handle);
  } else {
    handle->owner->collected_.push_back(handle);
  }
}

// On the loop, after last releases.
void NativeHandles::OnNotice() {
  FreeCollected();
  if (closing()) {
    if (WaitGroup(&held_).counter() == 0) CloseNotice();
    return;
  }
  // A handle that is gone may have been all that the promise waits hoped for:
  // lib/deadlock/ looks now rather than at its next look.
  PromiseWaits* waits = PromiseWaits::Of(env_);
  if (waits != nullptr) waits->CallInPollPhase();
}

void NativeHandles::OnCleanup(napi_async_cleanup_hook_handle, void* data) {
  auto* self = static_cast<NativeHandles*>(data);
  // release: pairs with the acquire in closing().
  self->closing_.store(true, std::memory_order_release);
  PollSchedule::Alert(self);
  if (WaitGroup(&self->held_).counter() == 0) {
    self->CloseNotice();
  } else {
    // Else the loop would have nothing to wait for.
    uv_ref(AsHandle(self->notice_));
  }
}

// Requires: no handle is retained.
void NativeHandles::CloseNotice() {
  // The last release may not have sent yet.
  { std::lock_guard<Mutex> lock(mutex_); }
  uv_close(AsHandle(notice_), [](uv_handle_s* handle) {
    auto* self = static_cast<NativeHandles*>(uv_handle_get_data(handle));
    std::free(handle);
    self->notice_ = nullptr;
    napi_async_cleanup_hook_handle hook = self->hook_;
    self->OnEnded();
    // From here on the environment may end.
    napi_remove_async_cleanup_hook(hook);
  });
}

void NativeHandles::OnBlockingCleanup(void* data) {
  auto* self = static_cast<NativeHandles*>(data);
  // release: as in OnCleanup().
  self->closing_.store(true, std::memory_order_release);
  PollSchedule::Alert(self);
  WaitGroup(&self->held_).Wait();
  // The last release may not have unlocked yet.
  { std::lock_guard<Mutex> lock(self->mutex_); }
  self->OnEnded();
}

void NativeHandles::OnEnded() {
  FreeCollected();
  Environment::Of(env_)->native_handles = nullptr;
  ended_ = true;
  if (count_ == 0) delete this;
}

}  // namespace futex_waitgroup
