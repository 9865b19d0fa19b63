#pragma once

#include <cstdint>

namespace wsm {

/// Randomness for decisions: jitter, spreading. The same seed gives the same decisions on every
/// compiler, which std::uniform_int_distribution does not promise.
class Rng {
 public:
  virtual ~Rng() = default;

  /// Uniform in [0, bound); `bound` > 0.
  virtual std::uint64_t below(std::uint64_t bound) = 0;
};

/// SplitMix64 (Steele, Lea, Flood 2014): one word of state, any seed is good.
class SeededRng final : public Rng {
 public:
  explicit SeededRng(std::uint64_t seed) : state_(seed) {}

  std::uint64_t below(std::uint64_t bound) override;
  std::uint64_t next();

 private:
  std::uint64_t state_;
};

}  // namespace wsm
