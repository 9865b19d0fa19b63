#include "base/rng.h"

#include "base/assert.h"

namespace wsm {

std::uint64_t SeededRng::next() {
  state_ += 0x9e3779b97f4a7c15ULL;
  std::uint64_t z = state_;
  z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27U)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31U);
}

std::uint64_t SeededRng::below(std::uint64_t bound) {
  WSM_ASSERT(bound > 0);
  // Values from the incomplete last stretch would favour small results: draw again.
  const std::uint64_t unfair = (0 - bound) % bound;
  std::uint64_t value = next();
  while (value < unfair) value = next();
  return value % bound;
}

}  // namespace wsm
