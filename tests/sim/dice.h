#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <wsm/types.h>

#include "base/assert.h"
#include "base/rng.h"

namespace wsm::sim {

/// Draws for a simulation; the same on every compiler.
class Dice final : public Rng {
 public:
  explicit Dice(std::uint64_t seed) : rng_(seed) {}

  std::uint64_t below(std::uint64_t bound) override { return rng_.below(bound); }

  /// True once in `n` draws on average; never for zero.
  [[nodiscard]] bool once_in(std::uint64_t n) { return n != 0 && below(n) == 0; }

  /// Uniform in [low, high].
  [[nodiscard]] std::uint64_t between(std::uint64_t low, std::uint64_t high) {
    return low + below(high - low + 1);
  }
  [[nodiscard]] Duration between(Duration low, Duration high) {
    WSM_ASSERT(low <= high);
    return low + Duration{static_cast<Duration::rep>(
                     below(static_cast<std::uint64_t>((high - low).count()) + 1))};
  }

  template <class T, std::size_t N>
  [[nodiscard]] const T& one_of(const T (&choices)[N]) {
    return choices[below(N)];
  }
  template <class Container>
  [[nodiscard]] auto& one_of(Container& choices) {
    return choices[static_cast<std::size_t>(below(choices.size()))];
  }

 private:
  SeededRng rng_;
};

}  // namespace wsm::sim
