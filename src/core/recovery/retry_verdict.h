#pragma once

#include <cstdint>
#include <string_view>

#include <wsm/config.h>
#include <wsm/error.h>

#include "base/rng.h"
#include "base/time.h"

namespace wsm {

/// How to come back after a connection has ended. Never "not at all": what is desired stays
/// desired, and only a handler may stop a shard.
enum class RetryVerdict : std::uint8_t {
  kRetry,        ///< With the usual backoff.
  kRetrySlowly,  ///< The same attempt would fail again, or annoys the server: near max_delay.
};

[[nodiscard]] constexpr std::string_view to_string(RetryVerdict verdict) {
  switch (verdict) {
    case RetryVerdict::kRetry: return "retry";
    case RetryVerdict::kRetrySlowly: return "retry slowly";
  }
  return "unknown";
}

/// The default answer to a disconnect, by kind, close code (RFC 6455, section 7.4.1) and HTTP
/// status.
[[nodiscard]] RetryVerdict classify(const DisconnectReason& reason);

/// Delay before the next attempt: backoff for kRetry, the upper half of max_delay for kRetrySlowly,
/// and never less than the server's Retry-After (RFC 9110, section 10.2.3), to which jitter is
/// added.
[[nodiscard]] Duration reconnect_delay(const BackoffOptions& options,
                                       const DisconnectReason& reason, std::uint32_t failures,
                                       Rng& rng);

}  // namespace wsm
