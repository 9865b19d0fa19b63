#pragma once

#include <span>
#include <vector>

#include "core/rebalance/load_scale.h"
#include "core/rebalance/settlement.h"

namespace wsm {

/// What must move, most urgent first: whatever evacuated shards have, the heaviest first, and then
/// what shards have that do not stay. Of those the ones with fewest come first, one after
/// the other, so that a plan which is cut short can at least close some.
///
/// `carriers` are those of `shards`, with the same indices.
[[nodiscard]] std::vector<Parcel> list_homeless(std::span<const ShardLoad* const> shards,
                                                std::span<const Carrier> carriers,
                                                const LoadScale& scale);

/// What may move to even out the shards that stay.
[[nodiscard]] std::vector<Parcel> list_residents(std::span<const ShardLoad* const> shards,
                                                 std::span<const Carrier> carriers,
                                                 const LoadScale& scale);

}  // namespace wsm
