// A pool of std::threads that hashes blocks. JavaScript submits a batch of them
// with a group, and waits for the group. No call into JavaScript per block, and
// none at the end: the threads only count down.
#include <futex_waitgroup.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "sha256.h"

namespace {

// The blocks of one submit(). It owns copies of its data: JavaScript's own
// memory would have to be kept alive.
struct Batch {
  fwg_group* group = nullptr;
  size_t block_bytes = 0;
  size_t blocks = 0;
  std::vector<uint8_t> input;
  std::vector<uint8_t> digests;
  // A cache line of its own: all threads change it.
  alignas(64) std::atomic<size_t> next{0};
  alignas(64) std::atomic<size_t> left{0};
};
using BatchPointer = std::shared_ptr<Batch>;

void Finish(Batch& batch, size_t blocks) {
  // The last block of the batch gives up its handle. The order matters: the
  // handle must be retained during fwg_add().
  fwg_add(batch.group, -static_cast<int32_t>(blocks));
  if (batch.left.fetch_sub(blocks) == blocks) fwg_release(batch.group);
}

class Pool {
 public:
  // Never destroyed, and its threads never end: idle threads hold no handle, so
  // they do not keep the process or a worker.
  static Pool& Get() {
    static Pool& pool = *new Pool;
    return pool;
  }

  void Submit(const BatchPointer& batch) {
    std::lock_guard<std::mutex> lock(mutex_);
    batches_.push_back(batch);
    changed_.notify_all();
  }

 private:
  Pool() {
    const unsigned threads = std::max(2u, std::thread::hardware_concurrency());
    for (unsigned i = 0; i < threads; i++) {
      std::thread([this] { Work(); }).detach();
    }
  }

  void Work() {
    for (;;) {
      const BatchPointer batch = First();
      const size_t block = batch->next.fetch_add(1);
      if (block >= batch->blocks) {
        Remove(batch);
      } else if (fwg_closing(batch->group)) {
        // The environment ends, and waits for this handle. Drops all blocks
        // that no thread has begun.
        const size_t rest = batch->next.exchange(batch->blocks);
        Finish(*batch, 1 + batch->blocks - std::min(rest, batch->blocks));
      } else {
        Sha256(&batch->input[block * batch->block_bytes], batch->block_bytes,
               &batch->digests[block * kDigestBytes]);
        Finish(*batch, 1);
      }
    }
  }

  BatchPointer First() {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [this] { return !batches_.empty(); });
    return batches_.front();
  }

  void Remove(const BatchPointer& batch) {
    std::lock_guard<std::mutex> lock(mutex_);
    const auto found = std::find(batches_.begin(), batches_.end(), batch);
    if (found != batches_.end()) batches_.erase(found);
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<BatchPointer> batches_;
};

napi_value Throw(napi_env env, const char* message) {
  napi_throw_error(env, nullptr, message);
  return nullptr;
}

// submit(wg, bytes: Uint8Array, blockBytes): a batch, for digests().
napi_value Submit(napi_env env, napi_callback_info info) {
  size_t argc = 3;
  napi_value argv[3];
  napi_typedarray_type type;
  size_t size = 0;
  void* data = nullptr;
  uint32_t block_bytes = 0;
  napi_get_cb_info(env, info, &argc, argv, nullptr, nullptr);
  if (napi_get_typedarray_info(env, argv[1], &type, &size, &data, nullptr,
                               nullptr) != napi_ok ||
      type != napi_uint8_array ||
      napi_get_value_uint32(env, argv[2], &block_bytes) != napi_ok ||
      block_bytes == 0 || size == 0 || size % block_bytes != 0) {
    return Throw(env, "submit() takes whole blocks of bytes");
  }
  const auto bytes = static_cast<const uint8_t*>(data);
  const auto batch = std::make_shared<Batch>();
  batch->block_bytes = block_bytes;
  batch->blocks = size / block_bytes;
  batch->input.assign(bytes, bytes + size);
  batch->digests.resize(batch->blocks * kDigestBytes);
  batch->left = batch->blocks;

  // One handle for the batch, and the count before the threads can see it.
  if (fwg_acquire(env, argv[0], &batch->group) != FWG_OK) {
    return Throw(env, "submit() takes a WaitGroup");
  }
  if (fwg_add(batch->group, static_cast<int32_t>(batch->blocks)) != FWG_OK) {
    fwg_release(batch->group);
    return Throw(env, "the group cannot count these blocks");
  }
  napi_value external = nullptr;
  napi_create_external(
      env, new BatchPointer(batch),
      [](napi_env, void* pointer, void*) {
        delete static_cast<BatchPointer*>(pointer);
      },
      nullptr, &external);
  Pool::Get().Submit(batch);
  return external;
}

// digests(batch): a Buffer. Call it after the wait.
napi_value Digests(napi_env env, napi_callback_info info) {
  size_t argc = 1;
  napi_value argv[1];
  void* pointer = nullptr;
  napi_get_cb_info(env, info, &argc, argv, nullptr, nullptr);
  if (napi_get_value_external(env, argv[0], &pointer) != napi_ok) {
    return Throw(env, "digests() takes what submit() returned");
  }
  const std::vector<uint8_t>& digests =
      (*static_cast<BatchPointer*>(pointer))->digests;
  napi_value buffer = nullptr;
  napi_create_buffer_copy(env, digests.size(), digests.data(), nullptr,
                          &buffer);
  return buffer;
}

}  // namespace

extern "C" NAPI_MODULE_EXPORT napi_value
napi_register_module_v1(napi_env env, napi_value exports) {
  napi_value function = nullptr;
  napi_create_function(env, "submit", NAPI_AUTO_LENGTH, Submit, nullptr,
                       &function);
  napi_set_named_property(env, exports, "submit", function);
  napi_create_function(env, "digests", NAPI_AUTO_LENGTH, Digests, nullptr,
                       &function);
  napi_set_named_property(env, exports, "digests", function);
  return exports;
}
