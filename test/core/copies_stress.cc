// Threads that load, join and unload copies of native/core at once. Each round
// is a process of its own, since a copy that has joined stays.
//
//   copies_stress <seconds> <seed> <module>…
//
// The modules are files of copy_module.cc with different names. Prints what it
// has done last; a failed check prints where and ends with status 1.
#include <dlfcn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "check.h"
#include "core/copies.h"

namespace futex_waitgroup {
namespace {

constexpr int kThreads = 4;

void* Load(const std::string& path) {
  void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) std::fprintf(stderr, "%s\n", dlerror());
  CHECK(handle != nullptr);
  return handle;
}

void JoinOrUnload(std::vector<std::string> paths, uint32_t seed,
                  std::atomic<int>* gate) {
  std::minstd_rand random(seed);
  std::shuffle(paths.begin(), paths.end(), random);
  gate->fetch_add(1);
  while (gate->load() < kThreads) std::this_thread::yield();
  for (const std::string& path : paths) {
    for (uint32_t i = random() % 4; i > 0; i--) dlclose(Load(path));
    void* handle = Load(path);
    if (random() % 3 != 0) {
      auto join = reinterpret_cast<bool (*)()>(dlsym(handle, "TestJoin"));
      CHECK(join != nullptr && join());
    }
    dlclose(handle);
  }
}

// Who has joined is loaded, names the same head as all the others, and is on
// the list once; the head is linked to nothing.
void CheckList(const std::vector<std::string>& paths) {
  Copy* head = nullptr;
  std::vector<Copy*> joined;
  for (const std::string& path : paths) {
    void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_NOLOAD);
    if (handle == nullptr) continue;
    auto* copy = static_cast<Copy*>(dlsym(handle, "futex_waitgroup_copy"));
    CHECK(copy != nullptr && copy->header.version == kCopyVersion);
    auto* its = reinterpret_cast<Copy*>(copy->header.head.load());
    if (its == nullptr) continue;
    CHECK(head == nullptr || its == head);
    head = its;
    joined.push_back(copy);
  }
  if (head == nullptr) return;
  joined.erase(std::remove(joined.begin(), joined.end(), head), joined.end());
  std::vector<Copy*> linked;
  for (Copy* copy = head->next; copy != nullptr; copy = copy->next) {
    linked.push_back(copy);
    CHECK(linked.size() <= joined.size());
    copy->wake(copy);
  }
  head->wake(head);
  std::sort(joined.begin(), joined.end());
  std::sort(linked.begin(), linked.end());
  CHECK(joined == linked);
}

void Round(const std::vector<std::string>& paths, uint32_t seed) {
  std::atomic<int> gate{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; i++) {
    threads.emplace_back(JoinOrUnload, paths, seed * kThreads + i, &gate);
  }
  for (std::thread& thread : threads) thread.join();
  CheckList(paths);
}

int Main(int argc, char** argv) {
  CHECK(argc >= 4);
  using Clock = std::chrono::steady_clock;
  auto end =
      Clock::now() + std::chrono::duration_cast<Clock::duration>(
                         std::chrono::duration<double>(std::atof(argv[1])));
  const auto seed = static_cast<uint32_t>(std::atoi(argv[2]));
  const std::vector<std::string> paths(argv + 3, argv + argc);
  uint32_t rounds = 0;
  for (; Clock::now() < end; rounds++) {
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
      Round(paths, seed + rounds);
      std::_Exit(0);
    }
    int status = 0;
    CHECK(waitpid(child, &status, 0) == child);
    if (status != 0) std::fprintf(stderr, "seed %u\n", seed + rounds);
    CHECK(status == 0);
  }
  std::printf("seed %u: %u rounds\n", seed, rounds);
  return 0;
}

}  // namespace
}  // namespace futex_waitgroup

// ThreadSanitizer asks for this. It does not see the dynamic linker's own lock.
extern "C" const char* __tsan_default_suppressions() {
  return "race:ld-linux\n";
}

int main(int argc, char** argv) { return futex_waitgroup::Main(argc, argv); }
