// What the programs in this folder share.
#pragma once

#include <cstdio>
#include <cstdlib>

// Ends the program if the condition is false, in every build.
#define CHECK(condition)                                              \
  do {                                                                \
    if (!(condition)) {                                               \
      std::fprintf(stderr, "%s:%d: failed: %s\n", __FILE__, __LINE__, \
                   #condition);                                       \
      std::_Exit(1);                                                  \
    }                                                                 \
  } while (false)
