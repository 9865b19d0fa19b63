#pragma once

#include <cstdint>

#include <wsm/config.h>

#include "base/rng.h"
#include "base/time.h"

namespace wsm {

/// Delay before the reconnect that follows `failures` failures in a row (1 = the first retry).
///
/// Full jitter: uniform in [0, min(max_delay, initial_delay * multiplier^(failures - 1))], the form
/// that spreads a herd best (Brooker, "Exponential Backoff And Jitter", 2015). Without jitter: the
/// upper end itself.
[[nodiscard]] Duration backoff_delay(const BackoffOptions& options, std::uint32_t failures,
                                     Rng& rng);

/// Uniform in [low, high].
[[nodiscard]] Duration uniform_delay(Duration low, Duration high, Rng& rng);

}  // namespace wsm
