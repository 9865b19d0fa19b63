#include "core/subscription/redrive.h"

#include <algorithm>
#include <utility>

namespace wsm {

std::optional<Redrive::Rung> Redrive::take_rung(Duration timeout, TimePoint now) {
  constexpr auto kRungs = static_cast<std::uint32_t>(Rung::kCount);
  const Duration since = now - told_at_;
  const bool is_brought_back = std::exchange(has_had_data_, false) && since > 3 * timeout;
  if (is_brought_back || since > std::max(3 * timeout, kRest)) climbed_ = 0;
  told_at_ = now;
  if (climbed_ > 0 && now < next_at_) return std::nullopt;
  const Rung rung = static_cast<Rung>(climbed_ % kRungs);
  const std::uint32_t round = std::min(climbed_ / kRungs, kRoundsMax);
  next_at_ = now + timeout * (std::int64_t{1} << round);
  ++climbed_;
  return rung;
}

}  // namespace wsm
