#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <wsm/error.h>
#include <wsm/types.h>

namespace wsm {

/// What became of one item of subscribe().
enum class SubscribeStatus : std::uint8_t {
  kPlaced,             ///< `shard` carries it from now on, and after every reconnect.
  kAlreadySubscribed,  ///< Nothing changed; `shard` carries it already.
  kRefused,            ///< `error` says why.
};

[[nodiscard]] constexpr std::string_view to_string(SubscribeStatus status) {
  switch (status) {
    case SubscribeStatus::kPlaced: return "placed";
    case SubscribeStatus::kAlreadySubscribed: return "already subscribed";
    case SubscribeStatus::kRefused: return "refused";
  }
  return "unknown";
}

struct SubscribeResult {
  SubscribeStatus status;
  std::optional<ShardId> shard;
  std::optional<Error> error;
};

/// What became of one item of unsubscribe().
enum class UnsubscribeStatus : std::uint8_t {
  kRemoved,        ///< `shard` carried it.
  kNotSubscribed,  ///< Nothing changed.
};

[[nodiscard]] constexpr std::string_view to_string(UnsubscribeStatus status) {
  switch (status) {
    case UnsubscribeStatus::kRemoved: return "removed";
    case UnsubscribeStatus::kNotSubscribed: return "not subscribed";
  }
  return "unknown";
}

struct UnsubscribeResult {
  UnsubscribeStatus status;
  std::optional<ShardId> shard;
};

/// How far a desired subscription has come.
enum class SubscriptionStatus : std::uint8_t {
  kDesired,    ///< Not asked for yet, or not again since its connection was lost.
  kRequested,  ///< The request has been handed to an open connection.
  kLive,       ///< The server has acknowledged it, or data has come. Needs inspect().
  kStale,      ///< No data for its time-out (HealthOptions); being brought back. Needs inspect().
  kRejected,   ///< The server refused it; `detail` has its words. Needs inspect().
};

[[nodiscard]] constexpr std::string_view to_string(SubscriptionStatus status) {
  switch (status) {
    case SubscriptionStatus::kDesired: return "desired";
    case SubscriptionStatus::kRequested: return "requested";
    case SubscriptionStatus::kLive: return "live";
    case SubscriptionStatus::kStale: return "stale";
    case SubscriptionStatus::kRejected: return "rejected";
  }
  return "unknown";
}

struct SubscriptionState {
  SubscriptionStatus status;
  ShardId shard;
  Duration since;                           ///< How long it has had this status.
  std::optional<Duration> since_data = {};  ///< The age of its last data, on any connection.
  std::string detail = {};                  ///< Why, where there is more to say.
  /// Messages of it that on_message never gets because of when_full, as far as it is known which
  /// subscription a message belongs to.
  std::uint64_t messages_dropped = 0;
};

}  // namespace wsm
