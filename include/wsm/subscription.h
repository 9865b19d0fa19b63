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
};

[[nodiscard]] constexpr std::string_view to_string(SubscriptionStatus status) {
  switch (status) {
    case SubscriptionStatus::kDesired: return "desired";
    case SubscriptionStatus::kRequested: return "requested";
  }
  return "unknown";
}

struct SubscriptionState {
  SubscriptionStatus status;
  ShardId shard;
  Duration since;  ///< How long it has had this status.
};

}  // namespace wsm
