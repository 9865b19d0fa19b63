#include "core/recovery/backoff.h"

#include "base/assert.h"

namespace wsm {
namespace {

/// Multiplies step by step: unlike std::pow, the same on every machine, and it stops at the cap.
Duration exponential_ceiling(const BackoffOptions& options, std::uint32_t failures) {
  const auto cap = static_cast<double>(options.max_delay.count());
  auto ceiling = static_cast<double>(options.initial_delay.count());
  for (std::uint32_t i = 1; i < failures && ceiling < cap; ++i) {
    const double grown = ceiling * options.multiplier;
    if (grown <= ceiling) break;
    ceiling = grown;
  }
  return ceiling < cap ? Duration{static_cast<Duration::rep>(ceiling)} : options.max_delay;
}

}  // namespace

Duration uniform_delay(Duration low, Duration high, Rng& rng) {
  WSM_ASSERT(low <= high);
  const auto width = static_cast<std::uint64_t>((high - low).count());
  return low + Duration{static_cast<Duration::rep>(rng.below(width + 1))};
}

Duration backoff_delay(const BackoffOptions& options, std::uint32_t failures, Rng& rng) {
  const Duration ceiling = exponential_ceiling(options, failures);
  return options.jitter ? uniform_delay(Duration::zero(), ceiling, rng) : ceiling;
}

}  // namespace wsm
