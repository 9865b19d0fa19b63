#include "core/subscription/redrive.h"

#include <algorithm>

namespace wsm {

std::optional<Redrive::Rung> Redrive::take_rung(Duration timeout, TimePoint now) {
  constexpr auto kRungs = static_cast<std::uint32_t>(Rung::kCount);
  // It would have been told of again by now, had it not had data meanwhile.
  if (now - told_at_ > 3 * timeout) climbed_ = 0;
  told_at_ = now;
  if (climbed_ > 0 && now < next_at_) return std::nullopt;
  const Rung rung = static_cast<Rung>(climbed_ % kRungs);
  const std::uint32_t round = std::min(climbed_ / kRungs, kRoundsMax);
  next_at_ = now + timeout * (std::int64_t{1} << round);
  ++climbed_;
  return rung;
}

}  // namespace wsm
