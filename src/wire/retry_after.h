#pragma once

#include <optional>
#include <string_view>

#include <wsm/types.h>

namespace wsm {

/// Reads the Retry-After of an answer (RFC 9110, section 10.2.3): seconds, or a date, which is
/// taken relative to the answer's own Date, so that no clock is needed. A date in the past is zero.
///
/// None for what cannot be read, and for a date where `date_header` is empty or cannot be read.
/// Longer than kRetryAfterMax is kRetryAfterMax.
[[nodiscard]] std::optional<Duration> parse_retry_after(std::string_view value,
                                                        std::string_view date_header);

/// Nobody waits longer than this for a server, and it keeps sums of time points from overflowing.
inline constexpr Duration kRetryAfterMax = std::chrono::hours{24 * 365};

}  // namespace wsm
