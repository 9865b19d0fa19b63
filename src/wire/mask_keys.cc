#include "wire/mask_keys.h"

#include <bit>
#include <utility>

#include "base/assert.h"

namespace wsm {

std::uint32_t MaskKeys::next() {
  WSM_ASSERT(!is_spent());
  if (taken_ == kLanes) refill();
  --left_;
  // What was handed out is kept nowhere.
  return std::exchange(ready_[taken_++], 0);
}

/// The rounds outside and the lanes inside, which the compiler makes vectors of.
void MaskKeys::refill() {
  std::array<std::uint16_t, kLanes> x{};
  std::array<std::uint16_t, kLanes> y{};
  for (std::size_t lane = 0; lane < kLanes; ++lane, ++counter_) {
    x[lane] = static_cast<std::uint16_t>(counter_ >> 16U);
    y[lane] = static_cast<std::uint16_t>(counter_);
  }
  for (const std::uint16_t key : round_keys_) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      const auto sum = static_cast<std::uint16_t>(std::rotr(x[lane], 7) + y[lane]);
      x[lane] = static_cast<std::uint16_t>(sum ^ key);
      y[lane] = static_cast<std::uint16_t>(std::rotl(y[lane], 2) ^ x[lane]);
    }
  }
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    ready_[lane] = std::uint32_t{x[lane]} << 16U | y[lane];
  }
  taken_ = 0;
}

}  // namespace wsm
