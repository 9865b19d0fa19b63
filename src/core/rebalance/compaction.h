#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/rebalance/rebalance_plan.h"

namespace wsm {

/// What a shard may carry at a fill of `fill_max`; at least one, if it may carry any.
[[nodiscard]] std::size_t comfortable_count(std::size_t capacity, double fill_max);

/// Says of each of `shards` whether it stays: the fewest open ones that are comfortable with
/// everything there is, what has to leave evacuated shards included. All of them, if they are not
/// comfortable, or just so. None of `shards` is fixed.
///
/// Those that may carry most stay, and of equals the fullest. So no smaller number would do, as
/// any n of them may carry no more than the n largest; and where all may carry the same, as they
/// do in a manager, no other choice needs fewer moves, since all moves are of what the others have.
///
/// A plan that was cut short is continued by the next: what stays only gains, and what goes only
/// loses, so the choice remains the same.
///
/// Cost: O(n log n), n being the number of shards.
[[nodiscard]] std::vector<bool> choose_shards_to_keep(std::span<const ShardLoad* const> shards,
                                                      double fill_max);

}  // namespace wsm
