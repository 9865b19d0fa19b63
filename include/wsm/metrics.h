#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <wsm/types.h>

namespace wsm {

/// What a shard is doing.
enum class ShardStatus : std::uint8_t {
  kIdle,        ///< Has not been opened yet.
  kConnecting,  ///< An attempt is under way, or waits for its turn.
  kLive,        ///< Its connection is open.
  kBackingOff,  ///< Waits for the next attempt.
  kSuspended,   ///< Failed too often in a row; probed now and then, unless on_error said stop.
  kClosing,     ///< Its connections are being closed.
  kClosed,      ///< Over.
};

[[nodiscard]] constexpr std::string_view to_string(ShardStatus status) {
  switch (status) {
    case ShardStatus::kIdle: return "idle";
    case ShardStatus::kConnecting: return "connecting";
    case ShardStatus::kLive: return "live";
    case ShardStatus::kBackingOff: return "backing off";
    case ShardStatus::kSuspended: return "suspended";
    case ShardStatus::kClosing: return "closing";
    case ShardStatus::kClosed: return "closed";
  }
  return "unknown";
}

/// Counters since the manager was made. They only grow, but for messages_lost: what comes late
/// after all was not lost.
struct Counters {
  std::uint64_t connections = 0;    ///< WebSockets opened, the first of each shard included.
  std::uint64_t reconnections = 0;  ///< WebSockets opened by a shard that had one before.
  std::uint64_t messages_received = 0;
  std::uint64_t bytes_received = 0;  ///< Payload of messages_received.
  /// Of messages_received, what on_message never gets because of when_full or GapRecovery::kDrop.
  std::uint64_t messages_dropped = 0;
  /// Of messages_dropped, what a newer message of the same subscription superseded.
  std::uint64_t messages_conflated = 0;
  std::uint64_t messages_sent = 0;    ///< Text and binary messages, requests included.
  std::uint64_t bytes_sent = 0;       ///< Payload of messages_sent.
  std::uint64_t errors = 0;           ///< Connections and attempts that ended against our will.
  std::uint64_t pings_sent = 0;       ///< Ping frames and text pings.
  std::uint64_t pongs_received = 0;   ///< Answers to them.
  std::uint64_t health_failures = 0;  ///< Connections found dead by pings, or without data.
  std::uint64_t hot_switchovers = 0;  ///< Begun.
  std::uint64_t hot_switchover_failures = 0;  ///< Ended with the old connection still serving.
  /// Subscriptions of hot switchovers that ended with the new connection: proven, or not.
  std::uint64_t switchover_subscriptions_proven = 0;
  std::uint64_t switchover_subscriptions_unproven = 0;
  std::uint64_t rebalances = 0;       ///< Begun, by itself or by rebalance().
  std::uint64_t moves = 0;            ///< Subscriptions that another shard has taken over.
  std::uint64_t moves_abandoned = 0;  ///< Those that stayed where they were.
  std::uint64_t subscription_send_failures =
      0;                                       ///< Subscriptions that no message could be made for.
  std::uint64_t duplicate_subscriptions = 0;   ///< Wishes for what was desired already.
  std::uint64_t circuit_breaker_trips = 0;     ///< Breakers that opened; a failed probe is no trip.
  std::uint64_t handler_exceptions = 0;        ///< Hooks that threw.
  std::uint64_t stalls = 0;                    ///< Subscriptions found silent for their time-out.
  std::uint64_t rejections = 0;                ///< Subscriptions that a server refused.
  std::uint64_t acknowledgements_overdue = 0;  ///< Requests without an answer in time.
  /// Times in which messages of a subscription were lost, or may have been: of each GapClosed,
  /// those that are not known to have lost nothing. Needs inspect().
  std::uint64_t gaps = 0;
  /// Messages that numbers show to be missing. Taken off again when they come late. Needs the
  /// numbering of inspect().
  std::uint64_t messages_lost = 0;
  /// Messages that another connection had delivered before: not delivered again.
  std::uint64_t duplicates_removed = 0;
  /// Messages of an overlap that had to wait for their turn, to be delivered or not.
  std::uint64_t messages_held = 0;

  friend bool operator==(const Counters&, const Counters&) = default;
};

/// How long something took, many times over, in buckets that double: small, and exact to a factor
/// of two.
struct Distribution {
  static constexpr std::size_t kBuckets = 48;

  /// [0] counts what took no time, [i] what took from 2^(i-1) ns to less than 2^i ns; the last one
  /// also what took longer.
  std::array<std::uint64_t, kBuckets> buckets{};
  std::uint64_t count = 0;
  Duration sum{};
  Duration max{};

  /// Less than no time counts as none.
  void add(Duration value) {
    value = std::max(value, Duration::zero());
    const auto width = std::bit_width(static_cast<std::uint64_t>(value.count()));
    ++buckets[std::min(static_cast<std::size_t>(width), kBuckets - 1)];
    ++count;
    sum += value;
    max = std::max(max, value);
  }
  void merge(const Distribution& other) {
    for (std::size_t i = 0; i < kBuckets; ++i) buckets[i] += other.buckets[i];
    count += other.count;
    sum += other.sum;
    max = std::max(max, other.max);
  }

  /// At least this share of the values, from 0 to 1, is not longer than the answer, which is less
  /// than twice as long as it need be. Zero when there are no values.
  [[nodiscard]] Duration quantile(double share) const {
    const double wanted = std::clamp(share, 0.0, 1.0) * static_cast<double>(count);
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i + 1 < kBuckets; ++i) {
      seen += buckets[i];
      if (seen > 0 && static_cast<double>(seen) >= wanted) {
        return std::min(max, Duration{(std::int64_t{1} << i) - 1});
      }
    }
    return max;
  }

  friend bool operator==(const Distribution&, const Distribution&) = default;
};

/// How many of the desired subscriptions have which status.
struct SubscriptionCounts {
  std::size_t desired = 0;
  std::size_t requested = 0;
  std::size_t live = 0;
  std::size_t stale = 0;
  std::size_t rejected = 0;

  friend bool operator==(const SubscriptionCounts&, const SubscriptionCounts&) = default;
};

struct ShardMetrics {
  ShardId shard_id;
  std::optional<ShardId> copy_of;  ///< It carries what this one does (redundancy).
  ShardStatus status = ShardStatus::kIdle;
  std::size_t subscriptions = 0;
  bool is_connected = false;
  Generation generation;                       ///< Of the connection that serves, or is being made.
  std::uint32_t attempt = 0;                   ///< Failures in a row.
  std::optional<Duration> uptime;              ///< Since when the serving connection is open.
  std::optional<Duration> since_last_message;  ///< Data or not.
  std::uint64_t messages_received = 0;         ///< Over all connections of the shard.
  std::uint64_t bytes_received = 0;            ///< The same.
  double messages_per_second = 0;              ///< Received, of late: about the last ten seconds.
  double bytes_per_second = 0;                 ///< The same.
  std::uint64_t messages_dropped = 0;          ///< Of those, what when_full cost.
  std::optional<std::uint16_t> last_close_code;  ///< From the last close frame that arrived.
  std::size_t compression_bytes = 0;             ///< Memory that its compression holds.
};

/// All of it at one instant.
struct MetricsSnapshot {
  Counters counters;
  std::size_t active_connections = 0;       ///< Open, standbys included.
  std::size_t total_subscriptions = 0;      ///< Desired.
  std::size_t requested_subscriptions = 0;  ///< Of those, asked for on an open connection.
  SubscriptionCounts subscriptions;         ///< All of total_subscriptions, by status.
  std::size_t queue_depth = 0;              ///< Messages that wait for on_message.
  Distribution ping_round_trip;             ///< From a ping of ours to its answer.
  Distribution time_to_connect;             ///< From the first hook to the open WebSocket.
  /// From subscribe(), or from the loss of its connection, until a subscription is live. Needs
  /// inspect().
  Distribution time_to_live;
  Distribution switchover_duration;  ///< Of hot switchovers, however they ended.
  /// Its parts, of those that ended with the new connection; and the end of the old one behind it.
  Distribution switchover_opening;
  Distribution switchover_subscribing;
  Distribution switchover_proving;
  Distribution switchover_draining;
  Distribution queue_wait;           ///< From the read to on_message; empty with low_latency_mode.
  Distribution handler_time;         ///< Of on_message, for the same messages.
  std::vector<ShardMetrics> shards;  ///< By shard_id.
};

}  // namespace wsm
