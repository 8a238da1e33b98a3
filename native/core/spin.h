// A bounded spin that learns whether spinning pays for this thread.
#pragma once

#include <cstdint>

#include "../platform/deadline.h"
#include "race.h"

namespace futex_waitgroup {

// Tells the processor that a loop is spinning. Takes about 15 to 60 ns.
void SpinPause();

// Spins until the upper half of `word` is zero, until `deadline` at most. Looks
// only once if recent spins of this thread failed. Returns whether it is zero.
// Memory ordering: acquire, for the load that found zero.
bool SpinUntilUpperHalfIsZero(const Word& word, Deadline deadline);

}  // namespace futex_waitgroup
