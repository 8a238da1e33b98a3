// native/core as a module of its own, for copies_stress.cc to load under many
// names.
#include <string>

#include "core/copies.h"

extern "C" __attribute__((visibility("default"))) bool TestJoin() {
  std::string other;
  return futex_waitgroup::JoinCopies(&other) == futex_waitgroup::Joined::kYes;
}
