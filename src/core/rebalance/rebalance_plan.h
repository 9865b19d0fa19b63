#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <vector>

#include <wsm/config.h>
#include <wsm/detail/subscription_id.h>
#include <wsm/types.h>

namespace wsm {

/// What rebalancing may do with a shard.
enum class ShardRole : std::uint8_t {
  kOpen,       ///< Gives and takes.
  kFixed,      ///< Is left as it is: it connects just now, say, or is in a switchover.
  kEvacuated,  ///< Gives all it has, and takes nothing.
};

[[nodiscard]] constexpr std::string_view to_string(ShardRole role) {
  switch (role) {
    case ShardRole::kOpen: return "open";
    case ShardRole::kFixed: return "fixed";
    case ShardRole::kEvacuated: return "evacuated";
  }
  return "unknown";
}

/// What for a subscription is moved. The more urgent come first.
enum class MoveReason : std::uint8_t {
  kEvacuate,  ///< Its shard cannot serve it.
  kCompact,   ///< Its shard is not needed any more.
  kEvenOut,   ///< Its shard has too much.
};

[[nodiscard]] constexpr std::string_view to_string(MoveReason reason) {
  switch (reason) {
    case MoveReason::kEvacuate: return "evacuate";
    case MoveReason::kCompact: return "compact";
    case MoveReason::kEvenOut: return "even out";
  }
  return "unknown";
}

/// One subscription as it has been measured; see SubscriptionRates. What is below zero or not a
/// number counts as zero.
struct SubscriptionLoad {
  SubscriptionId id;
  double messages_per_second = 0;
  double bytes_per_second = 0;
};

/// One shard and what it carries.
struct ShardLoad {
  ShardId id;
  std::size_t capacity = 0;  ///< The most subscriptions that it may carry.
  ShardRole role = ShardRole::kOpen;
  std::vector<SubscriptionLoad> subscriptions;
};

/// When something is moved, and how much. docs/rebalancing.md has the reasons for the numbers.
struct RebalancePolicy {
  /// None: nothing is evened out. That is for kSequential, which wants the shards uneven.
  std::optional<LoadMeasure> even_out_by = LoadMeasure::kCount;
  /// Evening out begins when the fullest shard has more than so many times the mean ...
  double uneven_above = 1.25;
  /// ... and takes from each shard until it has no more than so many. Between 1 and uneven_above,
  /// and the distance keeps it from beginning again at the next message.
  double even_below = 1.10;
  /// Rates are compared only if shards have so many messages a second on average: fewer are noise.
  double messages_per_second_min = 10;
  /// How full the shards that stay may be, in all, when others are closed. Above 0, at most 1. New
  /// shards are opened at 1, and the distance keeps them from being closed at once.
  double fill_max = 0.90;
  /// The most moves of one plan; the next plan goes on.
  std::size_t moves_max = std::numeric_limits<std::size_t>::max();
};

struct RebalanceMove {
  SubscriptionId subscription;
  ShardId from;
  ShardId to;
  MoveReason reason = MoveReason::kEvacuate;

  friend bool operator==(const RebalanceMove&, const RebalanceMove&) = default;
};

/// What plan_rebalance() proposes.
struct RebalancePlan {
  /// To be begun in this order, each one when `to` has room; what leaves a shard counts there until
  /// it has left. If each move ends some time, there is room some time.
  std::vector<RebalanceMove> moves;
  /// Carry nothing once all that is done, and are not needed: to be closed by the caller.
  std::vector<ShardId> closable;

  [[nodiscard]] bool is_empty() const { return moves.empty() && closable.empty(); }

  friend bool operator==(const RebalancePlan&, const RebalancePlan&) = default;
};

}  // namespace wsm
