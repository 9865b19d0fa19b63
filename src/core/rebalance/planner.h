#pragma once

#include <span>

#include "core/rebalance/rebalance_plan.h"

namespace wsm {

/// Proposes how to spread what `shards` carry, with few moves. docs/rebalancing.md has the rules.
///
/// First it chooses the shards that stay (choose_shards_to_keep()). What the others have must
/// move: off evacuated shards, and off those that are to be closed. If that leaves the shards
/// uneven, the fullest give to the lightest (settle()).
///
/// No shard ever carries more than its capacity, at no point of the sequence. Each subscription
/// moves once at the most. When the plan has been carried out, the next one is empty; when it was
/// cut short by `moves_max`, the next ones go on where it ended. The same shards give the same
/// plan, in whatever order they and their subscriptions are named.
///
/// Ids of shards and of subscriptions are unique in `shards`.
///
/// Cost: O(n log n), n being the number of subscriptions; O(n) when there is nothing to move.
[[nodiscard]] RebalancePlan plan_rebalance(std::span<const ShardLoad> shards,
                                           const RebalancePolicy& policy);

}  // namespace wsm
