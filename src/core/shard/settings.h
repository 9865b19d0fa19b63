#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <wsm/config.h>

#include "base/time.h"
#include "core/connection/settings.h"
#include "core/join/joins.h"
#include "core/ledger/ledger.h"
#include "core/limits/connect_governor.h"
#include "core/recovery/circuit_breaker.h"
#include "core/subscription/request_batcher.h"
#include "core/subscription/subscription_tracker.h"

namespace wsm {

/// When a standby takes over, and what becomes of the old line. No configuration leads to any but
/// the first: the others lose messages, and are there for tests to find that out.
enum class Handover : std::uint8_t {
  kProven,
  kWritten,         ///< As soon as its request is written.
  kWrittenThenCut,  ///< The same, and the old line is not read to its end.
};

[[nodiscard]] constexpr std::string_view to_string(Handover handover) {
  switch (handover) {
    case Handover::kProven: return "proven";
    case Handover::kWritten: return "written";
    case Handover::kWrittenThenCut: return "written, then cut";
  }
  return "unknown";
}

/// What a shard needs to know of the configuration.
struct ShardSettings {
  ConnectionSettings connection;
  BackoffOptions backoff;
  RequestBatcher::Options requests;
  SubscriptionTracker::Options truth;
  Ledger::Options ledger;                        ///< Of all shards together.
  Joins::Options joins;                          ///< The same.
  ConnectGovernor::Options connects;             ///< The same.
  CircuitBreaker::Options circuits;              ///< The same.
  std::optional<std::size_t> subscriptions_max;  ///< The same.
  std::uint32_t max_connect_attempts = 10;
  std::uint32_t max_redirects = 5;
  bool hot_switchover = true;
  Handover handover = Handover::kProven;
  std::optional<Duration> renewal_interval;
  /// How long a standby may take to show its first data: as long as an open connection may be
  /// silent, or as long as opening one may take where silence is no fault.
  Duration proof_timeout = std::chrono::seconds{10};

  [[nodiscard]] static ShardSettings from(const ShardManagerConfig& config);
};

}  // namespace wsm
