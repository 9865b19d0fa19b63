#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <wsm/config.h>
#include <wsm/error.h>

#include "base/rng.h"
#include "base/time.h"

namespace wsm {

/// How to come back after a connection has ended. verdict_tables.h has which it is.
enum class RetryVerdict : std::uint8_t {
  kRetry,        ///< With the usual backoff.
  kRetrySlowly,  ///< The same attempt would fail again, or annoys the server: near max_delay.
  kRefreshCredentials,  ///< With other credentials; the first time with the usual backoff.
  kStop,                ///< Not by itself.
};

[[nodiscard]] constexpr std::string_view to_string(RetryVerdict verdict) {
  switch (verdict) {
    case RetryVerdict::kRetry: return "retry";
    case RetryVerdict::kRetrySlowly: return "retry slowly";
    case RetryVerdict::kRefreshCredentials: return "refresh credentials";
    case RetryVerdict::kStop: return "stop";
  }
  return "unknown";
}

/// What the tables say: by HTTP status or close code where the server has given one, otherwise by
/// kind.
[[nodiscard]] RetryVerdict classify(const DisconnectReason& reason);

/// The handler has the last word.
[[nodiscard]] RetryVerdict overrule(RetryVerdict verdict, ErrorAnswer answer);

/// What the delay before the next attempt depends on.
struct Failed {
  RetryVerdict verdict = RetryVerdict::kRetry;
  std::uint32_t in_a_row = 1;  ///< Failures; 1 is the first.
  std::uint32_t refusals = 0;  ///< Of those, kRefreshCredentials.
  std::optional<Duration> retry_after = {};
};

/// The Retry-After of a server (RFC 9110, section 10.2.3), and some jitter behind it: all shards
/// may have been told the same time.
[[nodiscard]] Duration obeyed_delay(const BackoffOptions& options, Duration retry_after, Rng& rng);

/// Backoff for kRetry and for credentials that were refused for the first time, the upper half of
/// max_delay otherwise, and never less than obeyed_delay() of the server's Retry-After. Not to be
/// asked about kStop.
[[nodiscard]] Duration reconnect_delay(const BackoffOptions& options, const Failed& failed,
                                       Rng& rng);

}  // namespace wsm
