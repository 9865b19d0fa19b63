#pragma once

#include <cstdint>

#include "base/rng.h"

namespace wsm::test {

/// Always draws the same end of the range, so that both ends of a spread can be tested.
class FixedRng final : public Rng {
 public:
  enum class Draw : std::uint8_t { kLowest, kHighest };

  explicit FixedRng(Draw draw) : draw_(draw) {}

  std::uint64_t below(std::uint64_t bound) override {
    return draw_ == Draw::kLowest ? 0 : bound - 1;
  }

 private:
  Draw draw_;
};

}  // namespace wsm::test
